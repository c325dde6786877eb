const encoder = new TextEncoder();

/**
 * Compares texts without telling by the time it takes where they differ, or how long the known one is: their hashes, under a
 * key that is known for this comparison only, are compared to the end.
 */
export async function isSameText(given: string, known: string): Promise<boolean> {
  const key = await crypto.subtle.importKey(
    "raw",
    crypto.getRandomValues(new Uint8Array(32)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const [left, right] = await Promise.all(
    [given, known].map(async (text) => new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)))),
  );
  let difference = 0;
  for (const [index, byte] of left?.entries() ?? []) difference |= byte ^ (right?.[index] ?? 0);
  return difference === 0;
}
