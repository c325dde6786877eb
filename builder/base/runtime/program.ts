import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { BaseError } from "../base-error.ts";
import type { Runtime, RuntimeFiles, RuntimeSource } from "../runtime-files.ts";
import { storedFile } from "../stored-file.ts";

/** A runtime that is one program. */
type ProgramRuntime = Exclude<Runtime, "python">;

/** Where npm packages keep their program. */
const PROGRAMS: Readonly<Record<ProgramRuntime, string>> = { bun: "bin/bun", node: "bin/node", deno: "deno" };

/** No runtime can write beside itself, nor should it look for a newer one of itself. */
const ENV: Readonly<Record<ProgramRuntime, readonly string[]>> = {
  bun: ["BUN_RUNTIME_TRANSPILER_CACHE_PATH=0", "DO_NOT_TRACK=1"],
  node: ["NODE_ENV=production"],
  deno: ["DENO_DIR=/tmp/deno", "DENO_NO_UPDATE_CHECK=1"],
};

const manifestSchema = v.object({ version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+[\w.+-]*$/)) });

/** @throws BaseError `runtime_missing` */
export async function programRuntime(runtime: ProgramRuntime, from: RuntimeSource | undefined): Promise<RuntimeFiles> {
  if (from === undefined) {
    throw new BaseError(
      "runtime_missing",
      `the base does not say where "${runtime}" is; name its program or npm package`,
    );
  }
  const { program, version } = "program" in from ? from : await ofPackage(runtime, from.npmPackage);
  if ((await stat(program).catch(() => undefined))?.isFile() !== true) {
    throw new BaseError(
      "runtime_missing",
      `there is no program "${program}" to run ${runtime} functions with; install it`,
    );
  }
  return {
    version,
    entries: [await storedFile(`usr/local/bin/${runtime}`, program, 0o755)],
    programs: [program],
    env: ENV[runtime],
  };
}

async function ofPackage(runtime: ProgramRuntime, folder: string) {
  const manifest = join(folder, "package.json");
  try {
    const { version } = v.parse(manifestSchema, JSON.parse(await readFile(manifest, "utf8")));
    return { program: join(folder, PROGRAMS[runtime]), version };
  } catch (cause) {
    const problem = `"${manifest}" cannot be read or names no version`;
    throw new BaseError("runtime_missing", `${problem}; name the folder of an npm package that holds ${runtime}`, {
      cause,
    });
  }
}
