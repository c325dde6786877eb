import { Command } from "commander";
import { type Listing, printJson, printTable } from "../api/print.ts";
import { explained } from "../builder/explained.ts";
import type { PublishedBase } from "../builder/list-bases.ts";
import { stopSignal } from "../stop-signal.ts";
import { formatBytes } from "../terminal/format-bytes.ts";
import { printable } from "../terminal/printable.ts";

interface ListOptions {
  readonly config: string;
  readonly json?: true;
}

const LISTING: Listing<PublishedBase> = {
  columns: [
    { title: "TAG", cell: ({ tag }) => printable(tag) },
    { title: "ARCH", cell: ({ architecture }) => architecture },
    { title: "HOLDS", leaveOut: 1, cell: ({ components }) => printable(textOf(components)) },
    { title: "SIZE", align: "right", leaveOut: 2, cell: ({ bytes }) => formatBytes(bytes) },
    { title: "DIGEST", cell: ({ digest }) => digest },
  ],
  empty: "no base is published; `fmesh base build --publish` does that, or a builder when it first needs one",
};

/** `fmesh base list`. */
export function listBasesCommand(): Command {
  return new Command("list")
    .summary("list the bases in the registry")
    .description("Lists the bases that the registry of the configuration has, one line for each architecture.")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh base list\n  fmesh base list --json\n\nExit codes: 0 shown; 1 the registry cannot be read; 2 wrong usage.`,
    )
    .action(async ({ config, json }: ListOptions) => {
      const signal = stopSignal();
      // Other commands start without it.
      const { listBases } = await import("../builder/list-bases.ts");
      const bases = await explained(() => listBases(config, signal), signal);
      if (json === true) printJson(bases);
      else printTable(LISTING, bases);
    });
}

function textOf(components: PublishedBase["components"]): string {
  return components.map(({ name, version }) => `${name} ${version}`).join(", ");
}
