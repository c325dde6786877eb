import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Bundle, BundleFile } from "../build.ts";
import { BuildError } from "./build-error.ts";
import type { BuildLimits } from "./limits.ts";
import { invalidAt } from "./source-frame.ts";
import { runStep } from "./step-process.ts";

/** A Python function, and what checks it. */
export interface PythonSource {
  readonly handler: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly python: string | undefined;
  readonly temporaryFolder: string;
  readonly limits: BuildLimits;
  readonly signal: AbortSignal | undefined;
}

const FILE = "function.py";
const COMMAND = ["python3", "-B", "-u", "/app/entry.py"];
const RUNTIME = join(import.meta.dirname, "python");
const encoder = new TextEncoder();

/** Reads a source without running it, and says what is wrong with it and what it has at its top level. */
const CHECK = `
import ast, json, sys
source = sys.stdin.buffer.read()
try:
    tree = ast.parse(source, ${JSON.stringify(FILE)})
    compile(tree, ${JSON.stringify(FILE)}, "exec")
except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
    place = [getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1]
    print(json.dumps({"error": getattr(error, "msg", None) or str(error), "place": place}))
    sys.exit()
names = set()
for node in tree.body:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        names.add(node.name)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        names.update(alias.asname or alias.name for alias in node.names)
    else:
        names.update(name.id for name in ast.walk(node) if isinstance(name, ast.Name))
print(json.dumps({"names": sorted(names)}))
`;

const checkedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.object({ error: v.string(), place: v.tuple([v.number(), v.number()]) }),
    v.object({ names: v.array(v.string()) }),
  ]),
);

/**
 * A Python function as files: the handler as it is, and what starts it, in the standard library's own Python.
 * @throws BuildError `handler_invalid` for a mistake in its syntax or no handler in it, `unsupported` with dependencies.
 */
export async function bundlePython(source: PythonSource): Promise<Bundle> {
  if (Object.keys(source.dependencies).length > 0) {
    const text = "a function in Python has the standard library, and no other dependencies; leave them out";
    throw new BuildError("unsupported", text);
  }
  if (source.python !== undefined) await check(source.handler, source.python, source);
  const warnings = source.python === undefined ? ["no python3 is here: the handler was not checked"] : [];
  const files = [...(await runtimeFiles()), { path: FILE, bytes: encoder.encode(source.handler) }];
  return { files, command: COMMAND, packages: [], lock: undefined, warnings };
}

async function check(
  handler: string,
  python: string,
  { temporaryFolder, limits, signal }: PythonSource,
): Promise<void> {
  const { exitCode, stdout } = await runStep({
    doing: "checking the handler",
    command: [python, "-I", "-X", "utf8", "-W", "ignore", "-c", CHECK],
    folder: temporaryFolder,
    env: {},
    input: handler,
    timeMs: limits.bundleMs,
    memoryBytes: limits.memoryBytes,
    signal,
  });
  const checked = v.safeParse(checkedSchema, stdout);
  if (exitCode !== 0 || !checked.success) {
    throw new BuildError("handler_invalid", `${FILE} cannot be read by Python: it may be nested too deeply`);
  }
  if ("error" in checked.output) {
    const { error, place } = checked.output;
    throw invalidAt({ file: FILE, line: place[0], column: place[1] }, error, handler);
  }
  const { names } = checked.output;
  if (names.includes("handler") || names.includes("*")) return;
  const text = `${FILE} has no handler: write \`def handler(data, context): …\` or \`def handler(body, query): …\``;
  throw new BuildError("handler_invalid", text, { place: { file: FILE, line: 1, column: 1 } });
}

async function runtimeFiles(): Promise<readonly BundleFile[]> {
  const names = await readdir(join(RUNTIME, "fmesh"));
  const modules = names.filter((name) => name.endsWith(".py")).map((name) => `fmesh/${name}`);
  return Promise.all(
    ["entry.py", ...modules.sort()].map(async (path): Promise<BundleFile> => ({
      path,
      bytes: new Uint8Array(await readFile(join(RUNTIME, path))),
      layer: "entry",
    })),
  );
}
