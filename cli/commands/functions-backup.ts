import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { printJson, printLines } from "../api/print.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { sqliteFile } from "../functions/sqlite-file.ts";
import { formatMs } from "../services/format.ts";
import { formatBytes } from "../terminal/format-bytes.ts";

interface BackupOptions {
  readonly config: string;
  readonly json?: true;
}

/** `fmesh functions backup`. */
export function backupCommand(): Command {
  return new Command("backup")
    .summary("back up functions and events, while the mesh runs")
    .description(
      "Copies the SQLite database of the configuration, with the functions and events of all its projects, into a file.\n" +
        "The mesh may run meanwhile. It needs no gateway and no rule: whoever can read the database may do this.",
    )
    .argument("<file>", "where to; it must not be there yet")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--json", "print what was done as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions backup functions-2026-01-31.db
  fmesh functions backup /var/backups/functions.db --config /etc/fmesh.yaml --json

To restore it, stop the mesh and put the file in the place of its database: see docs/operations.md.

Exit codes: 0 backed up; 1 not, and no file was left; 2 wrong usage.`,
    )
    .action(backUp);
}

async function backUp(given: string, { config, json }: BackupOptions): Promise<void> {
  const configFile = findConfig(config);
  const { functions } = await loadConfig(configFile, { env: process.env });
  const from = sqliteFile(functions.database, dirname(configFile));
  if (from === undefined) {
    throw new Failure("functions.database is a PostgreSQL server: back it up with pg_dump, restore it with pg_restore");
  }
  const to = resolve(given);
  const startedAt = performance.now();
  await copy(from, to);
  const durationMs = Math.round(performance.now() - startedAt);
  const { size: bytes } = await stat(to);
  if (json === true) printJson({ from, to, bytes, durationMs });
  else printLines([`backed up "${from}" to "${to}": ${formatBytes(bytes)} in ${formatMs(durationMs)}`]);
}

async function copy(from: string, to: string): Promise<void> {
  // The database is for its user's eyes alone, and so is what it holds anywhere else.
  process.umask(0o077);
  // Commands that back up nothing start without the driver.
  const { backUpSqliteStore } = await import("../../functions-service/runtime/sqlite-backup.ts");
  try {
    await backUpSqliteStore(from, { to });
  } catch (cause) {
    throw new Failure(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
