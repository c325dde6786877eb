import { basename, relative, resolve } from "node:path";
import { Command } from "commander";
import { Failure } from "../failure.ts";
import { installCommand, installDependencies } from "../init/install.ts";
import { projectFiles } from "../init/project-files.ts";
import { serviceName } from "../init/service-name.ts";
import { existingFiles, makeFolder, writeFiles } from "../init/write-files.ts";

interface InitOptions {
  readonly name?: string;
  readonly force?: true;
  readonly install: boolean;
  readonly json?: true;
}

/** `fmesh init`: a project to begin with. */
export function initCommand(): Command {
  return new Command("init")
    .summary("make a project with a service")
    .description(
      "Makes a project: a service with three functions, its test, a client, rules, and all they need to run.\n" +
        "No file is ever overwritten: where some are there already nothing is written; --force adds the missing ones.",
    )
    .argument("[folder]", "where to make it", ".")
    .option("--name <service>", "name of the service; default: the folder's")
    .option("--force", "also in a folder that has some of the files: keep those, add the others")
    .option("--no-install", "do not install the dependencies")
    .option("--json", "print what was made as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh init greeter
  fmesh init services/shop --name shop
  fmesh init --no-install

Exit codes: 0 made; 1 not made, or some files were there already and were kept; 2 wrong usage.`,
    )
    .action(init);
}

async function init(path: string, { name, force, install, json }: InitOptions): Promise<void> {
  const folder = resolve(path);
  const service = serviceName(name ?? basename(folder));
  const files = projectFiles(service);
  makeFolder(folder);
  const kept = existingFiles(folder, files.keys());
  if (kept.length > 0 && force !== true) {
    throw new Failure(
      `nothing was written, because "${path}" has some of the files already: ${kept.join(", ")}\n` +
        "  fmesh init --force keeps those and adds the others",
    );
  }
  const written = [...files].filter(([file]) => !kept.includes(file));
  writeFiles(folder, written);

  const say = (line: string): void => void (json === true ? process.stderr : process.stdout).write(`${line}\n`);
  for (const [file] of written) say(`  ${file}`);
  if (kept.length > 0) say(`there already, and kept as they are: ${kept.join(", ")}`);
  if (install) await installDependencies(folder, say);

  if (json === true) {
    const made = { folder, service: service.name, files: written.map(([file]) => file), kept, isInstalled: install };
    process.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`);
  } else {
    say(nextSteps(relative(process.cwd(), folder), install));
  }
  if (kept.length > 0) process.exitCode = 1;
}

function nextSteps(folder: string, isInstalled: boolean): string {
  const steps = [
    ...(folder === "" ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", `'\\''`)}'`}`]),
    ...(isInstalled ? [] : [installCommand()]),
    "npm run dev   # the mesh with your service; saved code is live at once",
    "npm test      # its tests, in memory",
  ];
  return `\nNext:\n\n${steps.map((step) => `  ${step}`).join("\n")}\n`;
}
