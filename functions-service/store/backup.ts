import { type QueryExecutorProvider, sql } from "kysely";

/**
 * Writes a whole and compact copy of a SQLite store into a new file, while others go on writing to the store.
 * @param size.freeBytes what there is room for where the copy goes.
 * @throws Error when there is not enough room, or the file is there already; nothing was written then.
 */
export async function copySqlite(
  db: QueryExecutorProvider,
  { to, freeBytes }: { readonly to: string; readonly freeBytes: number },
): Promise<void> {
  const size = sql<{ bytes: number }>`select page_count * page_size as bytes from pragma_page_count, pragma_page_size`;
  const bytes = (await size.execute(db)).rows[0]?.bytes ?? 0;
  if (bytes > freeBytes) {
    throw new Error(`a backup may need ${bytes} bytes and there are ${freeBytes} free; make room or name another disk`);
  }
  await sql`vacuum into ${to}`.execute(db);
}
