import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript-5";
import { beforeAll, expect, test } from "vitest";
import { TEMPLATES } from "../../console/functions/create/templates.ts";
import { emitHandlerTypes } from "../../console/vite/emit-handler-types.ts";
import { PROJECT_ROOT } from "../support/fmesh.ts";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.webworker.d.ts", "lib.webworker.iterable.d.ts", "lib.webworker.asynciterable.d.ts"],
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

let types: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  types = await emitHandlerTypes();
}, 60_000);

/** A program of these files beside the types, as an editor has them. */
function programOf(files: Readonly<Record<string, string>>): ts.Program {
  const all = new Map(Object.entries({ ...types, ...files }));
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => all.has(path) || (path.includes("/typescript-5/lib/") && disk.fileExists(path)),
    readFile: (path) => all.get(path) ?? disk.readFile(path),
    directoryExists: (path) => [...all.keys()].some((each) => each.startsWith(`${path}/`)),
    getSourceFile: (path, version) => {
      const text = all.get(path);
      return text === undefined ? disk.getSourceFile(path, version) : ts.createSourceFile(path, text, version);
    },
    getCurrentDirectory: () => "/",
  };
  return ts.createProgram(Object.keys(files), OPTIONS, host);
}

function problemsIn(program: ts.Program): string[] {
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

test("what the editor knows of functions-mesh is what a stored function gets", async () => {
  const program = programOf({ "/index.ts": 'import * as kit from "functions-mesh";\nvoid kit;\n' });
  const checker = program.getTypeChecker();
  const index = program.getSourceFile("/node_modules/functions-mesh/index.d.ts");
  const module = index && checker.getSymbolAtLocation(index);
  const exported = module === undefined ? [] : checker.getExportsOfModule(module);
  const isValue = (symbol: ts.Symbol): boolean => {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (real.flags & ts.SymbolFlags.Value) !== 0;
  };
  // What is built into a handler, and what the image's entry leaves for it.
  for (const file of ["builder/bundle/compile.ts", "worker-service/runtime/function-entry.ts"]) {
    const text = await readFile(join(PROJECT_ROOT, file), "utf8");
    const [, names = ""] = /\{ ([\w, ]+) \}(?: = globalThis\[Symbol| \}\);)/.exec(text) ?? [];
    expect([
      file,
      exported
        .filter(isValue)
        .map(({ name }) => name)
        .toSorted(),
    ]).toEqual([file, names.split(", ").toSorted()]);
  }
}, 60_000);

test("nothing that the types name is missing, and they hold nothing of this machine", () => {
  expect(problemsIn(programOf(types))).toEqual([]);
  expect(Object.values(types).join("\n")).not.toContain(PROJECT_ROOT);
}, 60_000);

test("every template is free of mistakes", () => {
  const files = TEMPLATES.filter(({ template }) => template === "typescript").map(
    ({ id, handler }) => [`/${id}.ts`, handler] as const,
  );
  expect(problemsIn(programOf(Object.fromEntries(files)))).toEqual([]);
}, 60_000);

test("a mistake is found", () => {
  const handler = 'import { fn } from "functions-mesh";\nexport default fn({}, (_, context) => context.nothing);\n';
  expect(problemsIn(programOf({ "/index.ts": handler }))).toEqual([
    "/index.ts: Property 'nothing' does not exist on type 'Context'.",
  ]);
}, 60_000);
