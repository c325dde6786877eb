import type { RootFolder } from "./root-folder.ts";
import type { Runtime, RuntimeFiles, RuntimeSource } from "./runtime-files.ts";
import { programRuntime } from "./runtime/program.ts";
import { pythonRuntime } from "./runtime/python.ts";

/**
 * The files of a runtime.
 * @throws BaseError `runtime_missing`
 */
export function findRuntime(
  runtime: Runtime,
  { root, from }: { readonly root: RootFolder; readonly from: RuntimeSource | undefined },
): Promise<RuntimeFiles> {
  return runtime === "python" ? pythonRuntime(root) : programRuntime(runtime, from);
}
