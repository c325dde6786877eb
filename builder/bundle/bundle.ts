import type { BuildDefinition, BuildStep, Bundle, BundleFile } from "../build.ts";
import { BuildError } from "./build-error.ts";
import { compile } from "./compile.ts";
import { checkDependencies } from "./dependencies.ts";
import { EntryBundler } from "./entry.ts";
import { install } from "./install.ts";
import { type BuildLimits, DEFAULT_LIMITS } from "./limits.ts";
import type { BundleCall, BundleOptions } from "./options.ts";
import { describePackages } from "./packages.ts";
import { bundlePython } from "./python.ts";
import { type JavaScriptRuntime, TARGETS } from "./targets.ts";
import { inWorkFolder } from "./work-folder.ts";

type BundledDefinition = Pick<BuildDefinition, "template" | "runtime" | "handler" | "dependencies">;

// What starts functions is bundled once in a process.
const entries = new EntryBundler();
const encoder = new TextEncoder();

/**
 * Makes a handler ready to run: installs its dependencies, bundles it, and puts what starts it beside it. Nothing of it is run.
 * The same definition gives the same bytes, whatever the folder or the day, as long as its dependencies are the same.
 *
 * @throws BuildError saying what is wrong, with what, and what to do; rejects with the signal's reason when it aborts. Nothing is
 *   left behind, neither a folder nor a process.
 */
export async function bundle(
  definition: BundledDefinition,
  options: BundleOptions,
  { signal, onProgress }: BundleCall = {},
): Promise<Bundle> {
  const { template, runtime, handler, dependencies } = definition;
  signal?.throwIfAborted();
  const limits: BuildLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const step: RunStep = async (name, work) => {
    const startedAt = performance.now();
    onProgress?.({ step: name, state: "began" });
    const [result, note] = await work();
    onProgress?.({ step: name, state: "ended", durationMs: performance.now() - startedAt, ...(note && { note }) });
    return result;
  };
  if ((template === "python") !== (runtime === "python")) {
    throw new BuildError("unsupported", `a function in ${template} cannot run on the runtime "${runtime}"`);
  }
  if (runtime === "python") {
    const { python, temporaryFolder } = options;
    const source = { handler, dependencies, python, temporaryFolder, limits, signal };
    return step("bundle", async () => [await bundlePython(source), undefined]);
  }
  checkDependencies(dependencies);
  const file = template === "typescript" ? "handler.ts" : "handler.js";
  return inWorkFolder(options.temporaryFolder, async (folder) => {
    const hasDependencies = Object.keys(dependencies).length > 0;
    const installed = hasDependencies
      ? await step("dependencies", async () => {
          const done = await install(dependencies, folder, { ...options, limits, signal });
          return [done, `${done.packages.length} packages`];
        })
      : undefined;
    return step("bundle", async () => {
      const source = { file, text: handler };
      // Both are waited for, whatever becomes of one of them: nothing runs on.
      const [entry, compiled] = await Promise.allSettled([
        entries.bundle({ ...options, limits }),
        compile(source, { folder, bun: options.bun, runtime, limits, signal }),
      ]);
      const { code, sourceMap, packageFolders, warnings } = valueOf(compiled);
      const packages = await describePackages(folder, packageFolders, installed?.packages ?? []);
      const files = filesOf(runtime, { entry: valueOf(entry), code, sourceMap });
      const { command } = TARGETS[runtime];
      return [{ files, command, packages, lock: installed?.lock, warnings }, `${code.length} bytes`];
    });
  });
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}

/** Does a step, and says what to remark on it. */
type RunStep = <T>(name: BuildStep, work: () => Promise<readonly [T, string | undefined]>) => Promise<T>;

function filesOf(
  runtime: JavaScriptRuntime,
  { entry, code, sourceMap }: { entry: readonly BundleFile[]; code: Uint8Array; sourceMap: Uint8Array },
): readonly BundleFile[] {
  // The same for every function of a runtime.
  const layer = "entry" as const;
  const shared = Object.entries(TARGETS[runtime].files).map(([path, text]) => ({
    ...{ path, layer },
    bytes: encoder.encode(text),
  }));
  return [...entry, ...shared, { path: "function.js", bytes: code }, { path: "function.js.map", bytes: sourceMap }];
}
