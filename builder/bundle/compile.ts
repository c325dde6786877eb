import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError } from "./build-error.ts";
import { BUNDLER_FLAGS } from "./bundler-flags.ts";
import { RUNTIME_PACKAGE } from "./dependencies.ts";
import { type BuildLimits, inMegabytes } from "./limits.ts";
import { firstError, warningsIn } from "./messages.ts";
import {
  type HandlerSource,
  bundledFolders,
  checkExports,
  checkExternals,
  checkInputs,
  readMetafile,
} from "./metafile.ts";
import { withoutPackageTexts } from "./source-map.ts";
import { runStep } from "./step-process.ts";
import { type JavaScriptRuntime, TARGETS } from "./targets.ts";

/** A handler and its packages as one module. */
export interface Compiled {
  readonly code: Uint8Array;
  readonly sourceMap: Uint8Array;
  /** The folders of the packages that are in it, from the work folder. */
  readonly packageFolders: readonly string[];
  readonly warnings: readonly string[];
}

/** How a handler is compiled. */
export interface CompileOptions {
  /** The work folder; the handler's packages are in its `node_modules`. */
  readonly folder: string;
  readonly bun: string;
  readonly runtime: JavaScriptRuntime;
  readonly limits: BuildLimits;
  readonly signal: AbortSignal | undefined;
}

/** What a handler gets for `import … from "functions-mesh"`: what the entry left for it. */
const RUNTIME_MODULE = `export const { fn, PublicError, MeshError } = globalThis[Symbol.for("${RUNTIME_PACKAGE}")];\n`;

/**
 * Bundles a handler in a process of its own: without macros, plugins and variables of this one's environment, and without ever
 * running any of it.
 *
 * @throws BuildError `handler_invalid`, `unsupported`, `too_large`, and as `runStep`.
 */
export async function compile(handler: HandlerSource, options: CompileOptions): Promise<Compiled> {
  const { folder, bun, runtime, limits, signal } = options;
  const target = TARGETS[runtime];
  const runtimeFolder = join(folder, "node_modules", RUNTIME_PACKAGE);
  await mkdir(runtimeFolder, { recursive: true });
  await Promise.all([
    writeFile(join(folder, handler.file), handler.text),
    // Else the ones above the work folder would count.
    writeFile(join(folder, "tsconfig.json"), "{}"),
    writeFile(join(runtimeFolder, "package.json"), `{"name":"${RUNTIME_PACKAGE}","type":"module","main":"index.js"}`),
    writeFile(join(runtimeFolder, "index.js"), RUNTIME_MODULE),
  ]);
  const out = join(folder, "out");
  const { exitCode, stderr } = await runStep({
    doing: "bundling the handler",
    command: [
      bun,
      "build",
      ...BUNDLER_FLAGS,
      "--sourcemap=linked",
      "--entry-naming=function.[ext]",
      `--target=${target.target}`,
      `--outdir=${out}`,
      "--metafile=meta.json",
      handler.file,
    ],
    folder,
    env: { HOME: join(folder, "home"), NO_COLOR: "1" },
    timeMs: limits.bundleMs,
    memoryBytes: limits.memoryBytes,
    signal,
  });
  if (exitCode !== 0) throw firstError(stderr, folder, handler);

  const metafile = await readMetafile(join(folder, "meta.json"));
  await checkInputs(metafile, folder, handler);
  const assets = (await readdir(out)).filter((name) => !OUTPUTS.has(name));
  if (assets.length > 0) throw withAssets(assets);
  const { size } = await stat(join(out, "function.js"));
  if (size > limits.bundleBytes) {
    const text = `the bundled handler is ${inMegabytes(size)}, and may be ${inMegabytes(limits.bundleBytes)}`;
    throw new BuildError("too_large", `${text}; use smaller packages, or less of them`);
  }
  const [code, sourceMap] = await Promise.all([
    readFile(join(out, "function.js")),
    readFile(join(out, "function.js.map"), "utf8"),
  ]);
  checkExternals(metafile, code.toString("utf8"), { handler, target, runtime });
  checkExports(metafile, handler);
  return {
    code,
    sourceMap: new TextEncoder().encode(withoutPackageTexts(sourceMap)),
    packageFolders: bundledFolders(metafile),
    warnings: warningsIn(stderr, folder),
  };
}

const OUTPUTS = new Set(["function.js", "function.js.map"]);

function withAssets(paths: readonly string[]): BuildError {
  const names = paths.map((path) => JSON.stringify(path)).join(", ");
  const text = `${names} would have to lie beside the handler, which is one file; use packages without such files`;
  return new BuildError("unsupported", text);
}
