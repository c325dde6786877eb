import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { FunctionsService } from "../../functions-service/runtime/bun.ts";
import type { FunctionsServiceConfig } from "../../gateway/config.ts";
import type { Broker } from "../../mesh/broker.ts";
import type { Log } from "../../mesh/log.ts";
import { sqliteFile } from "./sqlite-file.ts";

/**
 * Opens the functions service as a configuration wants it.
 * @param options.folder what a SQLite file's path starts from; its own folder is made where it is missing.
 * @throws Error naming the setting, when its database cannot be used.
 */
export async function openService(
  { database, rabbitmq, rabbitmqLayout, maxBacklog, keepDays }: FunctionsServiceConfig,
  { folder, broker, log }: { readonly folder: string; readonly broker: Broker; readonly log: Log },
): Promise<FunctionsService> {
  // Commands that run no mesh start without all that the service brings along.
  const { openFunctionsService } = await import("../../functions-service/runtime/bun.ts");
  const file = sqliteFile(database, folder);
  try {
    if (file !== undefined) makeFile(file);
    return await openFunctionsService({
      databaseUrl: file === undefined ? database : `sqlite:${file}`,
      rabbitmqUrl: rabbitmq,
      rabbitmqLayout,
      maxBacklog,
      keepDays,
      broker,
      log,
      version: packageJson.version,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`functions.database cannot be used: ${reason}`, { cause });
  }
}

/** Sources and payloads are for this user's eyes: files that SQLite puts beside it get the same mode. */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  closeSync(openSync(file, "a", 0o600));
}
