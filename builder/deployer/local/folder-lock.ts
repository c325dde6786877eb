import { Database, SQLiteError } from "bun:sqlite";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Closable } from "../../../mesh/lifecycle.ts";

/** Nobody else's, since environments of functions may be read in it. */
const PRIVATE = 0o700;

/**
 * Keeps a folder for this deployer alone. The lock is SQLite's, on a file that stays empty: the kernel takes it from a process that
 * dies, however it dies, so that there is never a stale one to be judged.
 *
 * @throws Error when another deployer works there, or the folder cannot be used.
 */
export async function lockFolder(folder: string): Promise<Closable> {
  await mkdir(folder, { recursive: true, mode: PRIVATE });
  const database = new Database(join(folder, ".lock"));
  try {
    database.run("PRAGMA busy_timeout = 0");
    database.run("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!(error instanceof SQLiteError) || error.code?.startsWith("SQLITE_BUSY") !== true) throw error;
    const advice = "end it, or give this one a folder of its own";
    throw new Error(`another deployer works in the folder "${folder}"; ${advice}`, { cause: error });
  }
  return {
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}
