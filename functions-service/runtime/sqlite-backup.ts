import { Database } from "bun:sqlite";
import { link, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { copySqlite } from "../store/backup.ts";
import { SqliteDialect } from "./sqlite-dialect.ts";

/**
 * Backs up the store in a SQLite file, which may be in use. The backup is there as a whole or not at all.
 * @param options.to a file that is not there yet.
 * @param options.freeBytes how much room there is in a folder. Default: what its disk says.
 * @throws Error that says why there is no backup, and what to do.
 */
export async function backUpSqliteStore(
  file: string,
  { to, freeBytes = freeBytesIn }: { readonly to: string; readonly freeBytes?: (folder: string) => Promise<number> },
): Promise<void> {
  const unfinished = `${to}.${crypto.randomUUID()}.unfinished`;
  let db: Kysely<unknown> | undefined;
  try {
    db = new Kysely<unknown>({ dialect: new SqliteDialect(new Database(file, { readonly: true })) });
    await copySqlite(db, { to: unfinished, freeBytes: await freeBytes(dirname(to)) });
    // Unlike a rename, a link does not replace what is there.
    await link(unfinished, to);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the store "${file}" was not backed up to "${to}": ${reason}${adviceFor(error)}`, { cause: error });
  } finally {
    await db?.destroy();
    await rm(unfinished, { force: true });
  }
}

async function freeBytesIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function adviceFor(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return (typeof code === "string" && ADVICE[code]) || "";
}

const ADVICE: Readonly<Record<string, string>> = {
  EEXIST: "; name a file that is not there yet",
  ENOENT: "; create the folder first",
  SQLITE_CANTOPEN: "; see that the store is there and that this user may read it",
  SQLITE_FULL: "; make room or name another disk",
  SQLITE_NOTADB: "; name a SQLite file",
};
