import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Digest, MEDIA_TYPES } from "../oci.ts";
import { type LayerFile, writeLayer } from "./layer-file.ts";
import type { BaseEntry } from "./runtime-files.ts";

/** What is to be one layer. */
export interface LayerPlan {
  readonly note: string;
  readonly entries: readonly BaseEntry[];
}

export interface CacheOptions {
  readonly cacheFolder: string;
  /** Names what the layers are made of. */
  readonly key: string;
  readonly signal: AbortSignal | undefined;
}

export interface CachedLayers {
  readonly layers: readonly LayerFile[];
  readonly folder: string;
  readonly wasThere: boolean;
}

const INDEX = "layers.json";
const UNFINISHED = ".unfinished";
/** Making layers takes seconds: whoever began an hour ago was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

const digestSchema = v.custom<Digest>((value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value));
const indexSchema = v.array(
  v.object({
    descriptor: v.object({ mediaType: v.literal(MEDIA_TYPES.layer), digest: digestSchema, size: v.number() }),
    diffId: digestSchema,
    unpackedSize: v.number(),
    note: v.string(),
    name: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}\.tar\.gz$/)),
  }),
);

/**
 * Layers from the cache, or made and put there. A folder is there whole or not at all: it is made under another name, and
 * of two processes that make the same, either's is taken.
 */
export async function cachedLayers(plans: readonly LayerPlan[], options: CacheOptions): Promise<CachedLayers> {
  const { cacheFolder, key, signal } = options;
  const folder = join(cacheFolder, key);
  const there = await readLayers(folder);
  if (there !== undefined) return { layers: there, folder, wasThere: true };

  const unfinished = join(cacheFolder, `${key}.${crypto.randomUUID()}${UNFINISHED}`);
  await mkdir(unfinished, { recursive: true });
  await removeAbandoned(cacheFolder);
  try {
    const layers: LayerFile[] = [];
    for (const { entries, note } of plans) layers.push(await writeLayer(entries, { folder: unfinished, note, signal }));
    await writeFile(join(unfinished, INDEX), JSON.stringify(layers), { flush: true });
    await moveInto(folder, unfinished);
    return { layers, folder, wasThere: false };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.endsWith(UNFINISHED)) continue;
    const folder = join(cacheFolder, name);
    const changedAt = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (Date.now() - changedAt > ABANDONED_MS) await rm(folder, { recursive: true, force: true });
  }
}

/** What another process put there meanwhile stays, since it may be reading it; what is broken there makes room. */
async function moveInto(folder: string, unfinished: string): Promise<void> {
  try {
    await rename(unfinished, folder);
  } catch {
    if ((await readLayers(folder)) !== undefined) return;
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  }
}

/** `undefined` when they are not all there. */
async function readLayers(folder: string): Promise<readonly LayerFile[] | undefined> {
  const text = await readFile(join(folder, INDEX), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), indexSchema), text);
  if (!success) return undefined;
  const sizes = await Promise.all(output.map(({ name }) => sizeOf(join(folder, name))));
  return output.every(({ descriptor }, index) => descriptor.size === sizes[index]) ? output : undefined;
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
