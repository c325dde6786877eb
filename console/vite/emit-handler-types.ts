import { readFile } from "node:fs/promises";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the types lie in an editor's own file system. */
const PACKAGE = "/node_modules/functions-mesh";

/** What `import … from "functions-mesh"` gives a stored function. Of the kit for workers it is what has nothing to do with starting one. */
const ENTRY = {
  path: join(ROOT, "worker-service/index.ts"),
  text: `
export type { Context } from "./context.ts";
export type { FunctionDefinition, FunctionOptions, Handler, Receives } from "./function.ts";
export type { FetchHandler } from "./service.ts";
export type { CallPromise, Settled, StreamPromise } from "../client/call-promise.ts";
export type { Client } from "../client/client.ts";
export type { CallOptions } from "../mesh/caller.ts";
export { fn } from "./function.ts";
export { PublicError } from "./public-error.ts";
export { MeshError } from "../mesh/errors.ts";
`,
};

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  declaration: true,
  emitDeclarationOnly: true,
  // Others look for mistakes.
  noCheck: true,
};

/** Packages whose types those of the kit name. */
const PACKAGES: Readonly<Record<string, string>> = { "@standard-schema/spec": "dist/index.d.ts" };

const IMPORTED = /(?<=(?:from|import\()\s*")[^"]+(?=")/g;

/**
 * The declarations of what a stored function can import from `functions-mesh`, made from the source: by their paths in an
 * editor's file system, whatever else they name along.
 */
export async function emitHandlerTypes(): Promise<Record<string, string>> {
  const emitted = declarations();
  const types: Record<string, string> = {};
  const todo = [declarationOf(ENTRY.path)];
  for (const path of todo) {
    const text = emitted.get(path);
    if (text === undefined) throw new Error(`TypeScript has no declarations for "${path}"`);
    const beside = relative(ROOT, dirname(path));
    types[placeOf(path)] = text.replaceAll(IMPORTED, (name) => {
      if (!name.startsWith(".")) return name;
      const found = declarationOf(join(ROOT, beside, name));
      if (!todo.includes(found)) todo.push(found);
      const to = posix.relative(posix.dirname(placeOf(path)), placeOf(found)).replace(/\.d\.ts$/, "");
      return to.startsWith(".") ? to : `./${to}`;
    });
  }
  const all = Object.values(types).join("\n");
  for (const [name, file] of Object.entries(PACKAGES)) {
    if (!all.includes(`"${name}"`)) continue;
    types[`/node_modules/${name}/index.d.ts`] = await readFile(join(ROOT, "node_modules", name, file), "utf8");
  }
  return types;
}

function declarations(): ReadonlyMap<string, string> {
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => path === ENTRY.path || disk.fileExists(path),
    readFile: (path) => (path === ENTRY.path ? ENTRY.text : disk.readFile(path)),
    getSourceFile: (path, ...rest) =>
      path === ENTRY.path ? ts.createSourceFile(path, ENTRY.text, rest[0]) : disk.getSourceFile(path, ...rest),
  };
  const emitted = new Map<string, string>();
  const program = ts.createProgram([ENTRY.path], OPTIONS, host);
  program.emit(undefined, (path, text) => void emitted.set(path, text));
  return emitted;
}

function declarationOf(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}

/** `worker-service/index.d.ts` is the package's own. */
function placeOf(path: string): string {
  return path === declarationOf(ENTRY.path)
    ? `${PACKAGE}/index.d.ts`
    : `${PACKAGE}/${relative(ROOT, path).replaceAll("\\", "/")}`;
}
