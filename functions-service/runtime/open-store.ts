import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import { openPostgresStore } from "./postgres.ts";
import { openSqliteStore } from "./sqlite.ts";

const SQLITE = "sqlite:";

/**
 * Opens the store that a URL names: `sqlite:<file>` or `postgres:…`.
 * @throws StoreStartError saying why it cannot be used.
 */
export function openStore(url: string, log: Log): Promise<Store> {
  return url.startsWith(SQLITE) ? openSqliteStore(url.slice(SQLITE.length), log) : openPostgresStore(url, log);
}
