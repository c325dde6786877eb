const path = Bun.which("python3");

/**
 * Python 3.11 or newer, which functions in Python run on.
 * @throws Error with how to get it when it is missing
 */
export function python(): string {
  if (path === null) throw new Error("python3 is not installed; run: apt-get install --no-install-recommends python3");
  return path;
}
