import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { PackagedFolder } from "../../builder/bundle/package-folder.ts";
import { isName } from "../../mesh/names.ts";
import { explained } from "../builder/explained.ts";
import { Failure, USAGE } from "../failure.ts";

/** A folder as one handler, and what it is to be called. */
export interface PackagedFunction extends PackagedFolder {
  readonly label: string;
}

/**
 * Makes a function of a folder.
 * @param label what it is to be called; otherwise the package's name, or the folder's.
 * @throws Failure saying what the folder lacks, with the lines that are at fault.
 */
export async function packageFunction(
  path: string,
  { label, signal }: { readonly label: string | undefined; readonly signal: AbortSignal },
): Promise<PackagedFunction> {
  const folder = resolve(path);
  await requireFolder(folder, path);
  const name = label ?? (await packageName(folder)) ?? basename(folder);
  if (!isName(name)) {
    const text = `"${name}" cannot be a function's label: use 1 to 64 letters, digits, _ or -; --label gives another`;
    throw new Failure(text, { exitCode: USAGE });
  }
  // Other commands start without the bundler.
  const { packageFolder } = await import("../../builder/bundle/package-folder.ts");
  const options = { bun: process.execPath, temporaryFolder: tmpdir() };
  return { ...(await explained(() => packageFolder(folder, options, { signal }), signal)), label: name };
}

async function requireFolder(folder: string, given: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Failure(`there is no folder "${given}"`, { exitCode: USAGE });
}

/** Without its scope; what else is wrong with a `package.json` is told by who packages the folder. */
async function packageName(folder: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as unknown;
    if (typeof manifest !== "object" || manifest === null || !("name" in manifest)) return undefined;
    return typeof manifest.name === "string" ? manifest.name.replace(/^@[^/]+\//, "") : undefined;
  } catch {
    return undefined;
  }
}
