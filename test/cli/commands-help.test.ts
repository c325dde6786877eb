import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command, Option } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { PROJECT_ROOT } from "../support/fmesh.ts";

/** Those whose output is no data: they run until they are stopped, print a script or a file, or only hold other commands. */
const PRINTS_NO_DATA = new Set([
  "fmesh up",
  "fmesh dev",
  "fmesh gateway",
  "fmesh functions-service",
  "fmesh builder",
  "fmesh deployer",
  "fmesh worker",
  "fmesh completion",
  "fmesh config convert",
]);

interface NamedCommand {
  /** As it is typed: `fmesh rules test`. */
  readonly name: string;
  readonly command: Command;
}

/** Every command that help shows. */
function commandsBelow(parent: Command, name: string): NamedCommand[] {
  const visible = parent.createHelp().visibleCommands(parent);
  return visible
    .filter((command) => command.name() !== "help")
    .flatMap((command) => {
      const own = `${name} ${command.name()}`;
      return [{ name: own, command }, ...commandsBelow(command, own)];
    });
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

/** The lines below `Example:` or `Examples:`, up to an empty one. */
function examplesOf(help: string): string[] {
  const [, block = ""] = /^Examples?:\n((?: .*\n)+)/m.exec(help) ?? [];
  return block.split("\n").filter((line) => line !== "");
}

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

const ALL = commandsBelow(createProgram(), "fmesh");

test("the walk finds the commands, also those of commands", () => {
  expect(ALL.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["fmesh up", "fmesh call", "fmesh rules", "fmesh rules explain"]),
  );
});

test.each(ALL)("$name says in its help all that one needs", ({ name, command }) => {
  const help = helpOf(command);
  const problems: string[] = [];
  const demand = (isMet: boolean, wish: string): void => void (isMet || problems.push(`${name}: ${wish}`));

  demand(command.summary() !== "", "give it a .summary(), one line for the list of commands");
  demand(command.description() !== "", "give it a .description()");
  for (const argument of command.registeredArguments) {
    demand(argument.description !== "", `describe its argument <${argument.name()}>`);
  }
  for (const option of optionsOf(command)) demand(option.description !== "", `describe its option ${option.flags}`);

  const examples = examplesOf(help);
  demand(
    examples.some((line) => line.includes(name)),
    `show "${name} …" below "Examples:" with .addHelpText("after", …)`,
  );
  const known = new Set(optionsOf(command).flatMap(({ long, short }) => [long, short]));
  const used = examples.filter((line) => line.includes(name)).flatMap((line) => ownOptions(line, name));
  for (const option of used) demand(known.has(option), `its example uses ${option}, which it does not know`);

  demand(/^Exit codes: 0 .*2 /m.test(help), 'end its help with a line "Exit codes: 0 …; 1 …; 2 wrong usage."');
  const printsData = !PRINTS_NO_DATA.has(name) && command.commands.length === 0;
  demand(
    !printsData || known.has("--json"),
    "it prints data, so give it --json; if it does not, add it to PRINTS_NO_DATA in this test",
  );
  expect(problems).toEqual([]);
});

test.each(ALL)("docs/cli.md tells of $name, its options and arguments", async ({ name, command }) => {
  const document = await readFile(join(PROJECT_ROOT, "docs/cli.md"), "utf8");
  const [, section] = new RegExp(`^##+ ${name}\n([^]*?)(?=\n##+ |$(?![^]))`, "m").exec(document) ?? [];
  expect(section, `docs/cli.md has no heading "## ${name}"`).toBeDefined();
  const own = command.createHelp().visibleOptions(command);
  const missing = own
    .map(({ long, short }) => long ?? short ?? "")
    .filter((option) => option !== "--help" && section?.includes(`\`${option}`) !== true);
  expect(missing, `options that "## ${name}" in docs/cli.md does not name`).toEqual([]);
});

/** The options in an example, up to where another program takes over. */
function ownOptions(line: string, name: string): string[] {
  const [, rest = ""] = line.split(name, 2);
  const [own = ""] = rest.replaceAll(/'[^']*'/g, "").split(/[|>)]/, 1);
  return own.match(/(?<= )--?[a-z][a-z-]*/g) ?? [];
}
