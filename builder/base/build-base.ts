import { version as bunVersion } from "bun";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { BaseComponent } from "../build.ts";
import type { Architecture } from "../oci.ts";
import { cachedLayers, type LayerPlan } from "./base-cache.ts";
import { type BuiltBase, describeBase } from "./built-base.ts";
import { findLibraries, type Library } from "./libraries.ts";
import { RootFolder } from "./root-folder.ts";
import { findRuntime } from "./runtime.ts";
import type { BaseEntry, Runtime, RuntimeSource } from "./runtime-files.ts";
import { storedFile } from "./stored-file.ts";
import { SYSTEM_ENV, systemFiles } from "./system-files.ts";

export interface BuildBaseOptions {
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  /** Not needed for Python, which is the system's. */
  readonly from?: RuntimeSource;
  /** The system that shared libraries come from: a folder with `lib` and so on in it. Default: this machine's own, `/`. */
  readonly root?: string;
  /** Authorities to be trusted, as PEM text. Default: those of Mozilla that Bun brings. */
  readonly certificates?: string;
  /** Where layers are kept, so that they are made once. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes an image that a runtime starts in and nothing else: no shell, no package manager. Three layers, from what changes
 * least: the system's few files, the C library, the runtime. Nothing is run, so it may be for another processor; the same
 * files give the same digest.
 * @throws BaseError `runtime_missing`, `library_missing`, `wrong_program`
 */
export async function buildBase(options: BuildBaseOptions): Promise<BuiltBase> {
  const { runtime, architecture, cacheFolder, signal } = options;
  const root = new RootFolder(options.root ?? "/");
  const { version, entries, programs, env } = await findRuntime(runtime, { root, from: options.from });
  const { libc, others } = await findLibraries(root, programs, architecture);
  const components = [{ name: runtime, version }, ...(await componentOf(libc))];

  const plans: readonly LayerPlan[] = [
    { note: "functions-mesh base: system", entries: systemFiles(options.certificates) },
    { note: "functions-mesh base: C library", entries: await filesOf(libc) },
    { note: `functions-mesh base: ${runtime}`, entries: [...(await filesOf(others)), ...entries] },
  ];
  const { layers, folder, wasThere } = await cachedLayers(plans, { cacheFolder, key: keyOf(plans), signal });
  return describeBase({
    runtime,
    version,
    architecture,
    folder,
    layers,
    components,
    env: [...SYSTEM_ENV, ...env],
    wasThere,
  });
}

function filesOf(libraries: readonly Library[]): Promise<readonly BaseEntry[]> {
  return Promise.all(libraries.map(({ path, file }) => storedFile(path, file, 0o755)));
}

async function componentOf(libc: readonly Library[]): Promise<readonly BaseComponent[]> {
  const library = libc.find(({ path }) => path.endsWith("/libc.so.6"));
  if (library === undefined) return [];
  const version = /GNU C Library .* version (\d+\.\d+)/.exec((await readFile(library.file)).toString("latin1"))?.[1];
  return version === undefined ? [] : [{ name: "glibc", version }];
}

/** Changed with the way that layers are made, so that none of another way is taken from the cache. */
const FORMAT = 1;

/** Names what the layers are made of, without reading it. */
function keyOf(plans: readonly LayerPlan[]): string {
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, bunVersion]));
  for (const { note, entries } of plans) {
    hash.update(JSON.stringify(note));
    for (const entry of entries) hash.update(JSON.stringify(factsOf(entry)));
  }
  return hash.digest("hex").slice(0, 32);
}

function factsOf(entry: BaseEntry): readonly unknown[] {
  if (entry.type === "folder") return [entry.path, entry.mode];
  if (entry.type === "link") return [entry.path, entry.target];
  const { path, mode, content } = entry;
  return [
    path,
    mode,
    content instanceof Uint8Array ? createHash("sha256").update(content).digest("hex") : content.state,
  ];
}
