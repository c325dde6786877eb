import { join } from "node:path";
import { Argument, Command } from "commander";
import { type Candidate, type Completion, complete } from "../completion/complete.ts";
import { liveNames } from "../completion/live-names.ts";
import { printable } from "../terminal/printable.ts";

const SHELLS = ["bash", "zsh", "fish"];

/** `fmesh completion`: what makes TAB work. */
export function completionCommand(): Command {
  return new Command("completion")
    .summary("print a script that makes TAB complete fmesh")
    .description(
      "Prints a script for a shell, by which TAB completes commands, options, files and what runs in the mesh.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(fmesh completion bash)                                          in ~/.bashrc
  source <(fmesh completion zsh)                                           in ~/.zshrc, after compinit
  fmesh completion fish > ~/.config/fish/completions/fmesh.fish            once

Exit codes: 0 printed; 2 wrong usage.`,
    )
    .action(async (shell: string) => {
      const script = join(import.meta.dirname, "../completion", `fmesh.${shell}`);
      process.stdout.write(await Bun.file(script).text());
    });
}

/** `fmesh __complete -- words…`: asked by those scripts. Answers a candidate a line, then which names to complete. */
export function completeCommand(): Command {
  return new Command("__complete").argument("[words...]").action(async (words: string[], _, command: Command) => {
    const program = command.parent;
    if (program === null) return;
    const { candidates, names } = await completeQuietly(program, words);
    process.stdout.write(`${[...candidates.map(lineOf), `:${names}`].join("\n")}\n`);
  });
}

async function completeQuietly(program: Command, words: readonly string[]): Promise<Completion> {
  try {
    return await complete(program, words, liveNames(process.env));
  } catch {
    return { candidates: [], names: "none" }; // there is nobody to tell in the middle of a line
  }
}

function lineOf({ value, description }: Candidate): string {
  return `${value}\t${printable(description).replaceAll(/\s+/g, " ")}`;
}
