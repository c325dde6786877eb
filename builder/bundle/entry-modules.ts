import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BundleFile } from "../build.ts";

/** What the bundler calls a part: after the contents and the folder of its source, which are not to be told from images. */
const PART = /"\.\/(part-[a-z0-9]+\.js)"/g;
const ENTRY = "entry.js";
const encoder = new TextEncoder();

/**
 * The entry and the parts that it loads when it needs them, which are numbered in the order of their mention: the same source gives
 * the same files, wherever it lies.
 */
export async function entryModules(folder: string): Promise<readonly BundleFile[]> {
  const paths = new Map([[ENTRY, ENTRY]]);
  const texts: string[] = [];
  // It grows while it is gone through.
  for (const name of paths.keys()) {
    const text = await readFile(join(folder, name), "utf8");
    texts.push(text);
    for (const [, part = ""] of text.matchAll(PART)) if (!paths.has(part)) paths.set(part, `entry-${paths.size}.js`);
  }
  const renamed = (text: string): string =>
    text.replaceAll(PART, (_, part: string) => `"./${paths.get(part) ?? part}"`);
  return [...paths.values()].map((path, index): BundleFile => ({
    path,
    bytes: encoder.encode(renamed(texts[index] ?? "")),
    layer: "entry",
  }));
}
