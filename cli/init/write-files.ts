import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";

/** Which of these files the folder has already. */
export function existingFiles(folder: string, files: Iterable<string>): string[] {
  return [...files].filter((file) => statSync(join(folder, file), { throwIfNoEntry: false }) !== undefined);
}

/**
 * Makes the folder where it is missing.
 * @throws Failure when something else has its name, or when it may not be made.
 */
export function makeFolder(folder: string): void {
  const found = orFailure(folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (found !== undefined && !found.isDirectory()) {
    throw new Failure(`"${folder}" is a file; name a folder, or move the file out of the way`);
  }
  orFailure(folder, () => mkdirSync(folder, { recursive: true }));
}

/**
 * Writes files that are not there yet.
 * @throws Failure naming the file that cannot be written.
 */
export function writeFiles(folder: string, files: Iterable<readonly [file: string, text: string]>): void {
  for (const [file, text] of files) {
    const path = join(folder, file);
    orFailure(path, () => writeFileSync(path, text, { flag: "wx" }));
  }
}

function orFailure<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new Failure(`"${path}" cannot be written: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM") return "you are not allowed to write there";
  if (code === "ENOTDIR" || code === "EEXIST") return "a file is in the way";
  if (code === "EROFS") return "it is on a file system that can only be read";
  return error.message;
}
