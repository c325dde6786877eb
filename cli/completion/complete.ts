import type { Argument, Command, Option } from "commander";

/** What may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What a shell is told: candidates, or to complete names by itself. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly names: "none" | "files" | "folders";
}

/** Finds what runs in the mesh that `--config` means. */
export interface LiveNames {
  services(config: string): Promise<readonly Candidate[]>;
  functions(config: string): Promise<readonly Candidate[]>;
}

const NOTHING: Completion = { candidates: [], names: "none" };

/** What a placeholder such as `<path>` stands for, in options and arguments alike. */
const NAMES_OF: Readonly<Record<string, Completion["names"]>> = {
  path: "files",
  file: "files",
  script: "files",
  folder: "folders",
};

/**
 * Completes a command line of `program`.
 * @param words those after the program's name; the last one, which may be empty, is the one to complete.
 */
export async function complete(program: Command, words: readonly string[], live: LiveNames): Promise<Completion> {
  // Bash takes `--level=warn` apart.
  const [last = "", ...before] = words.map((word) => (word === "=" ? "" : word)).toReversed();
  const place = findPlace(
    program,
    before.toReversed().filter((word) => word !== ""),
  );
  const config = place.values.get("--config") ?? ".";
  const found = await at(place, last, (placeholder) => {
    if (placeholder === "function") return live.functions(config);
    return placeholder === "service" ? live.services(config) : Promise.resolve([]);
  });
  return { ...found, candidates: found.candidates.filter(({ value }) => value.startsWith(last)) };
}

/** Where in a command line the cursor is. */
interface Place {
  readonly command: Command;
  /** The option whose value is due. */
  readonly option: Option | undefined;
  /** The argument that is due, unless it is an option. */
  readonly argument: Argument | undefined;
  readonly mayBeCommand: boolean;
  /** Values of the options before, by their long names. */
  readonly values: ReadonlyMap<string, string>;
}

function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let given = 0;
  const values = new Map<string, string>();
  for (const word of words) {
    if (option !== undefined) {
      values.set(option.long ?? "", word);
      option = undefined;
      continue;
    }
    const [name = "", value] = word.split("=", 2);
    const found = word.startsWith("-") ? findOption(command, name) : undefined;
    if (found !== undefined && value !== undefined) values.set(found.long ?? "", value);
    else if (found !== undefined) option = takesValue(found) ? found : undefined;
    if (word.startsWith("-")) continue;
    const child = given === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (child === undefined) given++;
    command = child ?? command;
  }
  const { registeredArguments: declared } = command;
  const rest = declared.at(-1)?.variadic === true ? declared.at(-1) : undefined;
  return { command, option, argument: declared[given] ?? rest, mayBeCommand: given === 0, values };
}

async function at(
  { command, option, argument, mayBeCommand }: Place,
  last: string,
  findLive: (placeholder: string) => Promise<readonly Candidate[]>,
): Promise<Completion> {
  if (option !== undefined) return valuesOf(option, findLive);
  if (last.startsWith("--") && last.includes("=")) {
    const name = last.slice(0, last.indexOf("="));
    const own = findOption(command, name);
    if (own === undefined || !takesValue(own)) return NOTHING;
    const { candidates, names } = await valuesOf(own, findLive);
    return { names, candidates: candidates.map(({ value, ...rest }) => ({ value: `${name}=${value}`, ...rest })) };
  }
  if (last.startsWith("-")) {
    const candidates = optionsOf(command).map(({ long, short, description }) => {
      return { value: long ?? short ?? "", description };
    });
    return { candidates, names: "none" };
  }
  const help = command.createHelp();
  const commands = mayBeCommand ? help.visibleCommands(command) : [];
  const named = commands.map((each) => ({ value: each.name(), description: help.subcommandDescription(each) }));
  const values = argument === undefined ? NOTHING : await valuesOf(argument, findLive);
  return { names: values.names, candidates: [...named, ...values.candidates] };
}

function findOption(command: Command, name: string): Option | undefined {
  return optionsOf(command).find(({ short, long }) => short === name || long === name);
}

/** A command's options and those that every command has. */
function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

async function valuesOf(
  wanted: Option | Argument,
  findLive: (placeholder: string) => Promise<readonly Candidate[]>,
): Promise<Completion> {
  const placeholder = "flags" in wanted ? (/[<[]([\w-]+)/.exec(wanted.flags)?.[1] ?? "") : wanted.name();
  const choices = (wanted.argChoices ?? []).map((value) => ({ value, description: "" }));
  const names = NAMES_OF[placeholder] ?? "none";
  return { names, candidates: choices.length > 0 ? choices : await findLive(placeholder) };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
