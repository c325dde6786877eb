import { resolve } from "node:path";

const SQLITE = "sqlite:";

/**
 * The file in which a configuration keeps functions and events; `undefined` when that is a server.
 * @param folder what its path starts from: the configuration's.
 */
export function sqliteFile(database: string, folder: string): string | undefined {
  return database.startsWith(SQLITE) ? resolve(folder, database.slice(SQLITE.length)) : undefined;
}
