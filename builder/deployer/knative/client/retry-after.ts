/** How many milliseconds a server asks to wait before the same is sent again; `undefined` when it does not. */
export function pauseAfter({ status, headers }: Pick<Response, "status" | "headers">): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const seconds = headers.get("retry-after");
  if (seconds === null || !/^\d{1,5}$/.test(seconds)) return undefined;
  return Number(seconds) * 1000;
}
