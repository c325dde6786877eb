/**
 * Keeps `bun.lockb` free of download URLs, so that it names no registry: Bun derives them from the one configured.
 *
 *     bun scripts/lockfile.ts --check    fails when a URL is stored
 *     bun scripts/lockfile.ts --write    removes them
 */
import { resolve } from "node:path";
import { type StoredUrl, findDownloadUrls } from "./lockfile-layout.ts";

/** The lockfile without its download URLs; nothing else changes, not even its length. */
export function withoutDownloadUrls(file: Uint8Array): Uint8Array {
  const clean = file.slice();
  for (const { pointer, text } of findDownloadUrls(file)) {
    clean.fill(0, pointer.start, pointer.end);
    clean.fill(0, text.start, text.end);
  }
  return clean;
}

/** What is wrong with a lockfile, in one line, or `undefined`. */
export function lockfileProblem(file: Uint8Array): string | undefined {
  const urls: readonly StoredUrl[] = findDownloadUrls(file);
  if (urls.length > 0) return `bun.lockb stores ${urls.length} download URLs; run "bun run lockfile" and commit it`;
  if (new TextDecoder("latin1").decode(file).includes("://"))
    return "bun.lockb names a package by its URL; depend on a version from the registry instead";
  return undefined;
}

async function main(mode: string | undefined, path: string): Promise<number> {
  const file = await Bun.file(path).bytes();
  if (mode === "--write") {
    await Bun.write(path, withoutDownloadUrls(file));
    return 0;
  }
  if (mode !== "--check") {
    console.error("usage: bun scripts/lockfile.ts --check | --write");
    return 2;
  }
  const problem = lockfileProblem(file);
  if (problem !== undefined) console.error(problem);
  return problem === undefined ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv[2], resolve(import.meta.dirname, "../bun.lockb"));
