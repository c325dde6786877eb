// `bun --bun`, which the tests run under, puts a `node` in front of the others that is Bun.
const folders = (process.env["PATH"] ?? "").split(":").filter((folder) => !folder.includes("bun-node"));

const path = Bun.which("node", { PATH: folders.join(":") });

/**
 * Node itself, for what has to run on it as it would elsewhere.
 * @throws Error with how to get it when it is missing
 */
export function node(): string {
  if (path === null) throw new Error("node is not installed; run: apt-get install --no-install-recommends nodejs");
  return path;
}
