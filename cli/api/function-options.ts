import { extname } from "node:path";
import { type Command, Option } from "commander";
import { FUNCTION_RUNTIMES, FUNCTION_TEMPLATES, type FunctionInput } from "../../mesh/function.ts";
import { gather, parseSeconds } from "../arguments.ts";
import { Failure, USAGE } from "../failure.ts";

/** What the command line may say of a function besides its label and its source. */
export interface FunctionOptions {
  readonly description?: string;
  readonly template?: FunctionInput["template"];
  readonly runtime?: FunctionInput["runtime"];
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly dependency?: readonly string[];
  readonly timeout?: string;
}

/** Adds the options of commands that say what a function is. */
export function withFunctionOptions(command: Command): Command {
  return command
    .option("--description <text>", "what it does")
    .addOption(
      new Option("--template <name>", "language of the source; of a new one by its ending: .ts, .js, .py").choices(
        FUNCTION_TEMPLATES,
      ),
    )
    .addOption(new Option("--runtime <name>", "what runs it").choices(FUNCTION_RUNTIMES))
    .option("--env <name=value>", "a variable of its environment; may be repeated", gather)
    .option("--secret <name=reference>", "a secret by reference, in a variable; may be repeated", gather)
    .option("--dependency <name=range>", "a package it needs, such as zod=^4.0.0; may be repeated", gather)
    .option("--timeout <seconds>", "how long a call of it may take");
}

/** Those parts of a function that were given. @throws Failure with the exit code of wrong usage. */
export function givenParts(options: FunctionOptions): Partial<FunctionInput> {
  const { description, template, runtime, env, secret, dependency, timeout } = options;
  return {
    ...(description !== undefined && { description }),
    ...(template !== undefined && { template }),
    ...(runtime !== undefined && { runtime }),
    ...(env !== undefined && { env: parsePairs("--env", env) }),
    ...(secret !== undefined && { secrets: parsePairs("--secret", secret) }),
    ...(dependency !== undefined && { dependencies: parsePairs("--dependency", dependency) }),
    ...(timeout !== undefined && { timeoutMs: Math.round(parseSeconds("--timeout", timeout) * 1000) }),
  };
}

const BY_ENDING: Readonly<Record<string, Pick<FunctionInput, "template"> & Partial<FunctionInput>>> = {
  ".py": { template: "python", runtime: "python" },
  ".js": { template: "javascript" },
  ".mjs": { template: "javascript" },
};

/** What the name of a new function's source tells of it, unless something else is said. */
export function partsByName(file: string): Partial<FunctionInput> {
  return BY_ENDING[extname(file)] ?? {};
}

/**
 * `NAME=value` pairs of an option.
 * @throws Failure with the exit code of wrong usage; it does not show the value, which may be a secret.
 */
function parsePairs(option: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new Failure(`${option} takes name=value; there is no name before an "=" in what was given`, {
        exitCode: USAGE,
      });
    }),
  );
}
