import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The file in a folder that says whose it is. */
export const LOCK_FILE = "lock";

/** A folder that nobody else may have. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes a folder for as long as this process lives; `undefined` when another has it, or it is gone. A lock of SQLite's, because the
 * operating system takes it back however a process ends, and other than a process id it cannot come to mean another one.
 */
export function lockFolder(folder: string): FolderLock | undefined {
  const file = join(folder, LOCK_FILE);
  let database: Database | undefined;
  try {
    database = new Database(file, { create: true, readwrite: true });
    // Else there would be a second file.
    database.run("pragma journal_mode = memory");
    database.run("begin exclusive");
    // Who had it before may have removed it in between: such a lock keeps nobody out.
    if (existsSync(file)) return { release: () => database?.close() };
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  database?.close();
  return undefined;
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_CANTOPEN");
}
