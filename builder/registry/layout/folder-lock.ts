import { Database, SQLiteError } from "bun:sqlite";
import { pause } from "../../../mesh/pause.ts";
import { RegistryError } from "../registry-error.ts";

const POLL_MS = 5;

/** How long somebody else may have it: they write one small file. */
const PATIENCE_MS = 20_000;

/**
 * Does work while no other process on this machine does any in the same folder.
 *
 * The lock is SQLite's, on a file that stays empty: the kernel takes it from a process that dies, however it dies, so that
 * there is never a stale one to be judged.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  using database = new Database(file);
  database.run("PRAGMA busy_timeout = 0");
  const end = performance.now() + PATIENCE_MS;
  const waiting = signal ?? new AbortController().signal;
  while (!isTaken(database)) {
    if (performance.now() > end) {
      throw new RegistryError("unavailable", `another process keeps "${file}" locked; end it, or try again`);
    }
    await pause(POLL_MS, waiting);
    waiting.throwIfAborted();
  }
  try {
    return await work();
  } finally {
    database.run("ROLLBACK");
  }
}

function isTaken(database: Database): boolean {
  try {
    database.run("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true) return false;
    throw error;
  }
}
