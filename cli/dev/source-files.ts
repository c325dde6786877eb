import { dirname, isAbsolute, resolve } from "node:path";

/** What a file held when it was read; `undefined` when it was not there. */
export type Sources = ReadonlyMap<string, string | undefined>;

const LOADERS: Readonly<Record<string, "ts" | "tsx" | "js" | "jsx">> = {
  ts: "ts",
  mts: "ts",
  cts: "ts",
  tsx: "tsx",
  js: "js",
  mjs: "js",
  cjs: "js",
  jsx: "jsx",
};

/**
 * The script and the files it imports, directly or not, with a digest of what each holds. Installed packages are left out.
 * An import that leads nowhere is there as a missing file, so that its coming is a change.
 */
export async function readSources(script: string): Promise<Sources> {
  const sources = new Map<string, string | undefined>();
  const visit = async (file: string): Promise<void> => {
    if (sources.has(file)) return;
    sources.set(file, undefined);
    const text = await readIfThere(file);
    if (text === undefined) return;
    sources.set(file, Bun.hash(text).toString(16));
    await Promise.all(importsOf(file, text).map(visit));
  };
  await visit(script);
  return sources;
}

/** Files whose content is another one now, that came or that went. */
export function changedFiles(before: Sources, after: Sources): string[] {
  const files = new Set([...before.keys(), ...after.keys()]);
  return [...files].filter((file) => before.has(file) !== after.has(file) || before.get(file) !== after.get(file));
}

function importsOf(file: string, text: string): string[] {
  const loader = LOADERS[file.slice(file.lastIndexOf(".") + 1)];
  if (loader === undefined) return [];
  const folder = dirname(file);
  try {
    const imports = new Bun.Transpiler({ loader }).scanImports(text);
    return imports
      .filter(isFollowed)
      .map(({ path }) => resolveImport(path, folder))
      .filter(isSource);
  } catch {
    return []; // not valid now: it shall be looked at again when it is saved
  }
}

/** Not this package, even where it is used by a link and so lies outside of any `node_modules`. */
function isFollowed({ path }: { readonly path: string }): boolean {
  return path !== "functions-mesh" && !path.startsWith("functions-mesh/");
}

/** Neither what Bun brings, such as `node:fs`, nor what was installed. */
function isSource(file: string): boolean {
  return isAbsolute(file) && !file.includes("/node_modules/");
}

function resolveImport(path: string, folder: string): string {
  try {
    return Bun.resolveSync(path, folder);
  } catch {
    return path.startsWith(".") ? resolve(folder, path) : path;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await Bun.file(file).text();
  } catch {
    return undefined; // missing or not readable: whoever runs it is told
  }
}
