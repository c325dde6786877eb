import { readFile, realpath } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import * as v from "valibot";
import { BuildError } from "./build-error.ts";
import { RUNTIME_PACKAGE } from "./dependencies.ts";
import { invalidAt, placeOf } from "./source-frame.ts";
import type { Target } from "./targets.ts";

const importSchema = v.object({
  path: v.string(),
  kind: v.string(),
  original: v.optional(v.string()),
  external: v.optional(v.boolean(), false),
});
const metafileSchema = v.object({
  inputs: v.record(v.string(), v.object({ imports: v.array(importSchema), format: v.optional(v.string()) })),
  outputs: v.record(v.string(), v.object({ exports: v.optional(v.array(v.string()), []) })),
});

/** What the bundler says of a bundle: which files went in, what they import, what comes out. */
export type Metafile = v.InferOutput<typeof metafileSchema>;

/** The source that a bundle was made of. */
export interface HandlerSource {
  /** As its author knows it. */
  readonly file: string;
  readonly text: string;
}

/** What may be imported by name of a scheme, and is no file. */
const NO_FILE = /^(?:dataurl|bun|node|\(disabled\)):/;
const EXPORTS_ALL = /\bexport\s*\*\s*from\b/;

export async function readMetafile(file: string): Promise<Metafile> {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), metafileSchema), await readFile(file, "utf8"));
  if (parsed.success) return parsed.output;
  throw new BuildError("failed", "what the bundler says of the bundle cannot be read");
}

/**
 * Checks that nothing is in a bundle but the handler and its packages.
 * @throws BuildError `handler_invalid` or `unsupported` naming the import.
 */
export async function checkInputs({ inputs }: Metafile, folder: string, handler: HandlerSource): Promise<void> {
  for (const path of Object.keys(inputs)) {
    if (NO_FILE.test(path)) continue;
    const importer = Object.entries(inputs).find(([, { imports }]) => imports.some((found) => found.path === path));
    const original = importer?.[1].imports.find((found) => found.path === path)?.original ?? path;
    const whose = importer === undefined || importer[0] === handler.file ? undefined : packageOf(importer[0]);
    if (await isOutside(path, folder, handler)) {
      const text = `${quoted(original)} is a file; a function can import packages of its dependencies, and nothing else`;
      throw refused(text, { original, whose, handler });
    }
    if (path.endsWith(".node")) {
      const text = `${quoted(original)} is a native addon, which a function cannot have; use a package without one`;
      throw refused(text, { original, whose, handler, code: "unsupported" });
    }
  }
}

/**
 * Checks that what a bundle still imports at run time is part of the runtime.
 * @throws BuildError `handler_invalid` or `unsupported` naming the import.
 */
export function checkExternals(
  { inputs }: Metafile,
  bundle: string,
  { handler, target, runtime }: { readonly handler: HandlerSource; readonly target: Target; readonly runtime: string },
): void {
  for (const [file, { imports }] of Object.entries(inputs)) {
    for (const { path, kind, external } of imports) {
      // One that is tried, and done without when it is not there, is the package's own business.
      const isOptional = kind !== "import-statement" && !path.includes(":");
      // Types are imported too, and are gone.
      if (!external || isOptional || target.has(path) || !bundle.includes(quoted(path))) continue;
      const whose = file === handler.file ? undefined : packageOf(file);
      const text = path.startsWith("bun")
        ? `${quoted(path)} is Bun's, and this function runs on ${runtime}; choose the runtime "bun"`
        : `${quoted(path)} cannot be fetched when the function runs; add a package to its dependencies instead`;
      throw refused(text, { original: path, whose, handler, code: "unsupported" });
    }
  }
}

/**
 * Checks that a handler exports a function, as far as can be seen without running it.
 * @throws BuildError `handler_invalid`.
 */
export function checkExports({ inputs, outputs }: Metafile, { file, text }: HandlerSource): void {
  const exported = Object.values(outputs).flatMap(({ exports }) => exports);
  if (exported.includes("default") || exported.includes("handler")) return;
  // Both can only be seen when it runs.
  if (inputs[file]?.format === "cjs" || EXPORTS_ALL.test(text)) return;
  const found = exported.length === 0 ? "nothing" : exported.map(quoted).join(", ");
  throw new BuildError(
    "handler_invalid",
    `${file} exports ${found}, and no function to call: write \`export default function (data, context) { … }\`, ` +
      "`export function handler(body, query) { … }` or `export default { fetch(request) { … } }`",
    { place: { file, line: 1, column: 1 } },
  );
}

/** The folders of the packages that are in a bundle. */
export function bundledFolders({ inputs }: Metafile): readonly string[] {
  const folders = Object.keys(inputs).flatMap((path) => FOLDER.exec(path)?.[0] ?? []);
  return [...new Set(folders)].filter((folder) => !folder.endsWith(`/${RUNTIME_PACKAGE}`));
}

const FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

async function isOutside(path: string, folder: string, { file }: HandlerSource): Promise<boolean> {
  if (path === file) return false;
  const real = await realpath(resolve(folder, path)).catch(() => undefined); // gone by now, as what is in /proc
  return real === undefined || relative(join(folder, "node_modules"), real).startsWith("..");
}

function packageOf(path: string): string | undefined {
  return FOLDER.exec(path)?.[0].split("node_modules/").at(-1);
}

interface Refused {
  readonly original: string;
  /** The package that imports it; `undefined` for the handler. */
  readonly whose: string | undefined;
  readonly handler: HandlerSource;
  readonly code?: "unsupported";
}

function refused(text: string, { original, whose, handler, code }: Refused): BuildError {
  if (whose !== undefined) return new BuildError(code ?? "handler_invalid", `package ${quoted(whose)}: ${text}`);
  const place = placeOf(original, handler.file, handler.text);
  if (place === undefined) return new BuildError(code ?? "handler_invalid", `${handler.file}: ${text}`);
  const error = invalidAt(place, text, handler.text);
  return code === undefined ? error : new BuildError(code, error.message, error);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
