import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import type { StoreOptions } from "../store/sql-store.ts";

const SQLITE = "sqlite:";

/**
 * Opens the store that a URL names: `sqlite:<file>` or `postgres:…`.
 * @throws StoreStartError saying why it cannot be used.
 */
export async function openStore(url: string, log: Log, options?: StoreOptions): Promise<Store> {
  // Of the drivers only the one that is needed is loaded: that is half of the time to start.
  if (url.startsWith(SQLITE)) {
    const { openSqliteStore } = await import("./sqlite.ts");
    return openSqliteStore(url.slice(SQLITE.length), log, options);
  }
  const { openPostgresStore } = await import("./postgres.ts");
  return openPostgresStore(url, log, options);
}
