import { join } from "node:path";

// `bun --bun`, which the tests run under, puts a `node` in front of the others that is Bun.
const PATH = (process.env["PATH"] ?? "")
  .split(":")
  .filter((folder) => !folder.includes("bun-node"))
  .join(":");

/** The runtimes of this machine. */
export const PROGRAMS = {
  bun: process.execPath,
  node: Bun.which("node", { PATH }) ?? "/usr/bin/node",
  deno: join(import.meta.dirname, `../../../../node_modules/@deno/linux-${process.arch}-glibc/deno`),
  python: Bun.which("python3", { PATH: `/usr/bin:${PATH}` }) ?? "/usr/bin/python3",
} as const;
