import { readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { type FunctionInput, MAX_HANDLER } from "../../mesh/function.ts";
import { BuildError } from "./build-error.ts";
import { BUNDLER_FLAGS } from "./bundler-flags.ts";
import { RUNTIME_PACKAGE } from "./dependencies.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { firstError } from "./messages.ts";
import { type HandlerSource, checkExports, readMetafile } from "./metafile.ts";
import type { BundleCall, BundleOptions } from "./options.ts";
import { runStep } from "./step-process.ts";
import { TARGETS } from "./targets.ts";
import { inWorkFolder } from "./work-folder.ts";

/** A folder as one handler. */
export interface PackagedFolder extends Pick<FunctionInput, "template" | "runtime" | "handler" | "dependencies"> {
  /** Its own files and those of workspace packages that are in the handler, from the folder. */
  readonly files: readonly string[];
}

const manifestSchema = v.object({
  main: v.optional(v.string()),
  private: v.optional(v.boolean(), false),
  version: v.optional(v.string()),
  fmesh: v.optional(v.object({ runtime: v.optional(v.picklist(["bun", "node", "deno"]), "bun") }), {}),
});

/** What is looked for, in this order, where `package.json` names no `main`. */
const ENTRIES = ["handler.ts", "handler.js", "index.ts", "index.js", "src/handler.ts", "src/index.ts"];
const PYTHON_ENTRIES = ["handler.py", "function.py"];

/**
 * Makes one handler of a folder: its own files and those of workspace packages become one text, and the npm packages that they
 * import become its dependencies, in the versions that are installed. `package.json` names its `main`, and as `fmesh.runtime`
 * what runs it; both may be left out. A folder with a `handler.py` is a function in Python.
 *
 * @throws BuildError `handler_invalid`, `unsupported`, `dependency_invalid` and `too_large`, as `bundle`.
 */
export async function packageFolder(
  folder: string,
  { bun, temporaryFolder }: Pick<BundleOptions, "bun" | "temporaryFolder">,
  { signal }: Pick<BundleCall, "signal"> = {},
): Promise<PackagedFolder> {
  const root = await realpath(folder);
  const manifest = await readManifest(root);
  const python = manifest?.main === undefined ? await firstOf(root, PYTHON_ENTRIES) : undefined;
  if (python !== undefined) {
    const handler = await readFile(join(root, python), "utf8");
    return checked({ template: "python", runtime: "python", handler, dependencies: {}, files: [python] });
  }
  const file = await firstOf(root, manifest?.main === undefined ? ENTRIES : [manifest.main]);
  if (file === undefined) {
    const looked =
      manifest?.main === undefined ? ENTRIES.join(", ") : `"${manifest.main}", which package.json names as main`;
    throw new BuildError("handler_invalid", `"${folder}" has no handler; looked for ${looked}`);
  }
  const runtime = manifest?.fmesh.runtime ?? "bun";
  const source = { file, text: await readFile(join(root, file), "utf8") };
  return inWorkFolder(temporaryFolder, async (work) => {
    const building = { bun, root, source, target: TARGETS[runtime].target, signal };
    const dependencies = await dependenciesIn(
      await build({ ...building, work: join(work, "all"), external: [] }),
      root,
    );
    const own = await build({ ...building, work: join(work, "own"), external: Object.keys(dependencies) });
    const handler = await readFile(own.code, "utf8");
    return checked({ template: "javascript", runtime, handler, dependencies, files: ownFiles(own) });
  });
}

interface Build {
  readonly bun: string;
  readonly root: string;
  readonly source: HandlerSource;
  readonly target: string;
  readonly signal: AbortSignal | undefined;
  /** Where what is made goes. */
  readonly work: string;
  /** Packages that stay imports. */
  readonly external: readonly string[];
}

/** The files that went into a build, from the root, with what they import. */
interface Built {
  readonly code: string;
  readonly inputs: Awaited<ReturnType<typeof readMetafile>>["inputs"];
}

async function build({ bun, root, source, target, signal, work, external }: Build): Promise<Built> {
  const kept = [RUNTIME_PACKAGE, ...external].flatMap((name) => [`--external=${name}`, `--external=${name}/*`]);
  const metafile = `${work}.json`;
  const out = ["--entry-naming=function.[ext]", `--outdir=${work}`, `--metafile=${metafile}`];
  const { exitCode, stderr } = await runStep({
    doing: "packing the folder",
    command: [bun, "build", ...BUNDLER_FLAGS, `--target=${target}`, ...kept, ...out, source.file],
    folder: root,
    env: { NO_COLOR: "1" },
    timeMs: DEFAULT_LIMITS.bundleMs,
    memoryBytes: DEFAULT_LIMITS.memoryBytes,
    signal,
  });
  if (exitCode !== 0) throw firstError(stderr, root, source);
  const made = await readMetafile(metafile);
  checkExports(made, source);
  return { code: join(work, "function.js"), inputs: made.inputs };
}

/** What the folder's own files, and those of its workspace packages, import from npm. */
async function dependenciesIn({ inputs }: Pick<Built, "inputs">, root: string): Promise<Record<string, string>> {
  const found = new Map<string, string>();
  for (const importer of ownFiles({ inputs })) {
    for (const { path, original } of inputs[importer]?.imports ?? []) {
      const packageRoot = PACKAGE_ROOT.exec(path)?.[0];
      if (packageRoot === undefined || original === undefined) continue;
      const name = PACKAGE_NAME.exec(original)?.[0] ?? original;
      const version = await installedVersion(name, resolve(root, packageRoot));
      const other = found.get(name);
      if (other !== undefined && other !== version) {
        const text = `the folder and its workspace packages use "${name}" in two versions, ${other} and ${version}; use one`;
        throw new BuildError("dependency_invalid", text);
      }
      found.set(name, version);
    }
  }
  return Object.fromEntries([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function ownFiles({ inputs }: Pick<Built, "inputs">): readonly string[] {
  return Object.keys(inputs)
    .filter((path) => !path.includes("node_modules/"))
    .toSorted();
}

const PACKAGE_ROOT = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

async function installedVersion(name: string, packageRoot: string): Promise<string> {
  const manifest = await readManifest(packageRoot);
  if (manifest?.version !== undefined && !manifest.private) return manifest.version;
  const text = `package "${name}" cannot come from the registry: it is private, or has no version; make it a workspace package`;
  throw new BuildError("dependency_invalid", text);
}

async function readManifest(folder: string): Promise<v.InferOutput<typeof manifestSchema> | undefined> {
  const file = join(folder, "package.json");
  if (!(await isFile(file))) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestSchema), await readFile(file, "utf8"));
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
  throw new BuildError("handler_invalid", `"${file}" is not valid: ${problems.join("; ")}`);
}

async function firstOf(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await isFile(join(folder, name))) return name;
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return false;
    throw error;
  }
}

function checked(packaged: PackagedFolder): PackagedFolder {
  const { length } = packaged.handler;
  if (length > MAX_HANDLER) {
    throw new BuildError(
      "too_large",
      `the handler is ${length} characters, and may be ${MAX_HANDLER}; use packages of npm`,
    );
  }
  return packaged;
}
