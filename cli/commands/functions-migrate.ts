import { dirname } from "node:path";
import { Command } from "commander";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { findRunningMesh } from "../../worker-service/runtime/running-mesh-file.ts";
import { type Listing, printJson, printLines, printTable } from "../api/print.ts";
import { Failure, USAGE } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { contentsOf } from "../functions/migration-contents.ts";
import { sqliteFile } from "../functions/sqlite-file.ts";
import type { StoreMigration, StoreMigrations } from "../functions/store-migrations.ts";
import { confirm } from "../terminal/confirm.ts";

interface MigrateOptions {
  readonly config: string;
  readonly to?: string;
  readonly yes?: true;
  readonly json?: true;
}

const LISTING: Listing<StoreMigration> = {
  columns: [
    { title: "NAME", cell: ({ name }) => name },
    { title: "STATE", cell: ({ isDone }) => (isDone ? "done" : "at the next start") },
    { title: "HOLDS", cell: ({ name }) => contentsOf(name) },
  ],
  empty: "there are none",
};

/** `fmesh functions migrate`. */
export function migrateCommand(): Command {
  return new Command("migrate")
    .summary("take the tables of functions and events back, for an older version")
    .description(
      "Shows which steps the tables of functions and events have taken. They go forward by themselves when a mesh starts.\n" +
        "Before an older version is started they have to go back, which loses what the newer tables hold: --to does that.",
    )
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--to <name>", "undo all steps after this one")
    .option("--yes", "do not ask first")
    .option("--json", "print the steps, or the names of those that were undone, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions migrate
  fmesh functions migrate --to 0001-initial

Back up first, and stop whatever uses the database.

Exit codes: 0 shown, or gone back; 1 not, and nothing has changed; 2 wrong usage.`,
    )
    .action(migrate);
}

async function migrate({ config, to, yes, json }: MigrateOptions): Promise<void> {
  const configFile = findConfig(config);
  const { functions } = await loadConfig(configFile, { env: process.env });
  try {
    const migrations = await open(functions.database, dirname(configFile));
    try {
      const all = await migrations.list();
      if (to !== undefined) await goBack(migrations, all, { to, configFile, isSure: yes === true, json });
      else if (json === true) printJson(all.map((each) => ({ ...each, holds: contentsOf(each.name) })));
      else printTable(LISTING, all);
    } finally {
      await migrations.close();
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`functions.database cannot be used: ${reason}`, { cause });
  }
}

async function open(database: string, folder: string): Promise<StoreMigrations> {
  // Commands that migrate nothing start without the drivers.
  const { StoreMigrations: opened } = await import("../functions/store-migrations.ts");
  const file = sqliteFile(database, folder);
  if (file === undefined) return opened.ofServer(database);
  if (!(await Bun.file(file).exists())) throw new Failure(`there is no "${file}" yet; it is made when a mesh starts`);
  return opened.ofFile(file);
}

interface GoingBack {
  readonly to: string;
  readonly configFile: string;
  readonly isSure: boolean;
  readonly json: true | undefined;
}

async function goBack(
  migrations: StoreMigrations,
  all: readonly StoreMigration[],
  { to, configFile, isSure, json }: GoingBack,
): Promise<void> {
  const done = all.filter(({ isDone }) => isDone).map(({ name }) => name);
  if (!done.includes(to)) {
    throw new Failure(`"${to}" is none of the steps that were taken: ${done.join(", ")}`, { exitCode: USAGE });
  }
  const undone = done.slice(done.indexOf(to) + 1);
  if (undone.length > 0) {
    await refuseWhileItRuns(dirname(configFile));
    const lost = undone.map((name) => `${name} (${contentsOf(name)})`).join(", ");
    if (!isSure) await ask(`undoing ${lost}: what these hold is lost`);
    await migrations.undoAfter(to);
  }
  if (json === true) printJson(undone);
  else printLines([undone.length === 0 ? "there is nothing to undo" : `undone: ${undone.join(", ")}`]);
}

async function ask(what: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Failure(`${what}; add --yes if that is what you want`, { exitCode: USAGE });
  if (!(await confirm(`${what}. Go on?`))) throw new Failure("nothing was undone");
}

/** @throws Failure while a mesh works with these tables, as far as that can be known. */
async function refuseWhileItRuns(folder: string): Promise<void> {
  const gatewayUrl = findRunningMesh(folder)?.gatewayUrl;
  if (gatewayUrl === undefined) return;
  try {
    await fetch(`${gatewayUrl}/livez`);
  } catch {
    return; // it was killed, and could not take its note away
  }
  throw new Failure(`the mesh at ${gatewayUrl} works with these tables: stop it first`);
}
