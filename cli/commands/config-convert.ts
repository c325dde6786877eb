import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { ConfigError, formatFinding } from "../../gateway/config/config-error.ts";
import { convertConfig } from "../../gateway/config/convert-config.ts";
import { readConfigText } from "../../gateway/runtime/config-text.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";

interface ConvertOptions {
  readonly out?: string;
  readonly force?: boolean;
}

/** `fmesh config convert`: a file of Space Cloud, 2019, in our own dialect. */
export function configConvertCommand(): Command {
  return new Command("convert")
    .summary("turn a configuration of 2019 into one of today")
    .description(
      "Turns a configuration of Space Cloud (v0.7 to v0.15) into one of Functions Mesh with the same meaning. Secrets that are " +
        "written as $NAME stay so. What has no effect any more is told, and stands in the result as comments.",
    )
    .argument("<file>", "configuration file of 2019")
    .option("--out <file>", "write it there instead of printing it")
    .option("--force", "overwrite the file named by --out")
    .addHelpText(
      "after",
      `
Examples:
  fmesh config convert config.yaml
  fmesh config convert config.yaml --out fmesh.yaml

Exit codes: 0 converted; 1 the file cannot be converted, or --out is there already; 2 wrong usage.`,
    )
    .action(convert);
}

async function convert(path: string, { out, force = false }: ConvertOptions): Promise<void> {
  const file = findConfig(path);
  try {
    const { text, warnings, dialect } = convertConfig(await readConfigText(file), file);
    const lines = warnings.map((warning) => formatFinding(file, warning));
    if (dialect === "own") lines.push(`${file} is in today's dialect already`);
    process.stderr.write(lines.map((line) => `${line}\n`).join(""));
    if (out === undefined) process.stdout.write(text);
    else await save(out, text, force);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Failure(error.message, { cause: error });
  }
}

/** It may hold secrets: for this user's eyes only. */
async function save(file: string, text: string, isOverwritten: boolean): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: isOverwritten ? "w" : "wx" });
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const why = isThere ? "is there already; name another file, or overwrite it with --force" : "cannot be written";
    throw new Failure(`${file} ${why}`, { cause });
  }
  process.stderr.write(`${file} is written\n`);
}
