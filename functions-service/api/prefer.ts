/** How long a caller would rather wait for an answer than hear that it takes longer, in milliseconds (RFC 7240, 4.3). */
export function preferredWaitMs(headers: Headers): number | undefined {
  for (const preference of (headers.get("Prefer") ?? "").split(",")) {
    const [, seconds] = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:;.*)?$/i.exec(preference) ?? [];
    // The first one counts (RFC 7240, 2).
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  return undefined;
}
