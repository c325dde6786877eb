import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { BundledPackage } from "../build.ts";
import { BuildError } from "./build-error.ts";
import type { LockedPackage } from "./lock-file.ts";

const manifestSchema = v.object({
  name: v.string(),
  version: v.string(),
  license: v.optional(v.unknown()),
});

/** What the packages in these folders are, by name and version, each once. */
export async function describePackages(
  folder: string,
  packageFolders: readonly string[],
  locked: readonly LockedPackage[],
): Promise<readonly BundledPackage[]> {
  const found = new Map<string, BundledPackage>();
  for (const path of packageFolders) {
    const { name, version, license } = await readManifest(join(folder, path, "package.json"), path);
    const integrity = locked.find((known) => known.name === name && known.version === version)?.integrity;
    const named = licenseName(license);
    found.set(`${name}@${version}`, { name, version, integrity, ...(named !== undefined && { license: named }) });
  }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, described]) => described);
}

async function readManifest(file: string, path: string): Promise<v.InferOutput<typeof manifestSchema>> {
  const text = await readFile(file, "utf8").catch(() => ""); // as wrong as one that says nothing
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), manifestSchema), text);
  if (parsed.success) return parsed.output;
  throw new BuildError("dependencies_failed", `the package in "${path}" says neither its name nor its version`);
}

/** Old packages have an object, or a list of them, instead of an SPDX expression. */
function licenseName(license: unknown): string | undefined {
  if (typeof license === "string") return license;
  const isObject = typeof license === "object" && license !== null && "type" in license;
  return isObject && typeof license.type === "string" ? license.type : undefined;
}
