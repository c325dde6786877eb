import { Glob } from "bun";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** What makes images, and what is put into them. */
const SOURCES = new Glob("{builder,worker-service,client,mesh}/**/*.{ts,py}");

/** Names the code of this builder: with a change of it, images are made anew instead of found. */
export async function sourceDigest(): Promise<string> {
  const paths = await Array.fromAsync(SOURCES.scan({ cwd: ROOT }));
  const sources = await Promise.all(
    paths.toSorted().map(async (path) => [path, await readFile(join(ROOT, path))] as const),
  );
  const hash = createHash("sha256");
  for (const [path, bytes] of sources) hash.update(`${path} ${bytes.length}\n`).update(bytes);
  return hash.digest("hex");
}
