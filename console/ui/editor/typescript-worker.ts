import { createSystem, createVirtualTypeScriptEnvironment } from "@typescript/vfs";
import { createWorker } from "@valtown/codemirror-ts/worker";
import ts from "typescript-5";
import type { WorkerAnswer, WorkerQuestion } from "./typescript-messages.ts";

/** What the language itself brings, and what is there at run time of a web server: `Request`, `fetch`, streams. */
const libraries = import.meta.glob<string>(
  [
    "../../../node_modules/typescript-5/lib/lib.es*.d.ts",
    "../../../node_modules/typescript-5/lib/lib.decorators*.d.ts",
    "../../../node_modules/typescript-5/lib/lib.webworker*.d.ts",
    "!**/*.full.d.ts",
    "!**/lib.webworker.importscripts.d.ts",
  ],
  { query: "?raw", import: "default", eager: true },
);

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.webworker.d.ts", "lib.webworker.iterable.d.ts", "lib.webworker.asynciterable.d.ts"],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};

let types: Readonly<Record<string, string>> = {};

const service = createWorker(() => {
  const files = new Map(Object.entries(libraries).map(([path, text]) => [path.slice(path.lastIndexOf("/")), text]));
  for (const [path, text] of Object.entries(types)) files.set(path, text);
  return createVirtualTypeScriptEnvironment(createSystem(files), Object.keys(types), ts, OPTIONS);
});

const methods: Readonly<Record<string, (...params: never[]) => unknown>> = {
  initialize: (given: Readonly<Record<string, string>>) => {
    types = given;
    return service.initialize();
  },
  updateFile: (params: Parameters<typeof service.updateFile>[0]) => service.updateFile(params),
  getLints: (params: Parameters<typeof service.getLints>[0]) => service.getLints(params),
  getAutocompletion: (params: Parameters<typeof service.getAutocompletion>[0]) => service.getAutocompletion(params),
  getHover: (params: Parameters<typeof service.getHover>[0]) => service.getHover(params),
};

self.addEventListener("message", ({ data }: MessageEvent<WorkerQuestion>) => void answer(data));

async function answer({ id, method, params }: WorkerQuestion): Promise<void> {
  let reply: WorkerAnswer;
  try {
    reply = { id, result: await methods[method]?.(...(params as never[])) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
}
