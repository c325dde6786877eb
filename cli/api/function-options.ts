import { extname } from "node:path";
import { type Command, Option } from "commander";
import {
  FUNCTION_NETWORKS,
  FUNCTION_RUNTIMES,
  FUNCTION_TEMPLATES,
  type FunctionInput,
  type FunctionVersion,
} from "../../mesh/function.ts";
import { gather, parseSeconds, parseWhole } from "../arguments.ts";
import { Failure, USAGE } from "../failure.ts";
import { inputOf } from "./functions.ts";

/** What the command line may say of a function besides its label and its source. */
export interface FunctionOptions {
  readonly description?: string;
  readonly template?: FunctionInput["template"];
  readonly runtime?: FunctionInput["runtime"];
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly dependency?: readonly string[];
  readonly timeout?: string;
  readonly min?: string;
  readonly max?: string;
  readonly concurrency?: string;
  readonly idle?: string;
  readonly memory?: string;
  readonly cpu?: string;
  readonly network?: FunctionInput["network"];
}

/** What of a function was said; what was not stays as it is, or gets its default. */
export interface GivenParts extends Partial<Omit<FunctionInput, "scale" | "resources">> {
  readonly scale?: Partial<FunctionInput["scale"]>;
  readonly resources?: Partial<FunctionInput["resources"]>;
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
    .option("--secret <name=reference>", "a secret in a variable, by its name and key; may be repeated", gather)
    .option("--dependency <name=range>", "a package it needs, such as zod=^4.0.0; may be repeated", gather)
    .option("--timeout <seconds>", "how long a call of it may take")
    .option("--min <number>", "instances that always run when it is deployed; 0 lets it sleep")
    .option("--max <number>", "instances that run at most")
    .option("--concurrency <number>", "calls that an instance is to run at once")
    .option("--idle <seconds>", "how long an instance that has nothing to do stays")
    .option("--memory <quantity>", "what an instance may use: 256Mi, 1Gi")
    .option("--cpu <quantity>", "processors that an instance may use: 500m, 2")
    .addOption(new Option("--network <name>", "what it may reach beside the mesh").choices(FUNCTION_NETWORKS));
}

/** Those parts of a function that were given. @throws Failure with the exit code of wrong usage. */
export function givenParts(options: FunctionOptions): GivenParts {
  const { description, template, runtime, env, secret, dependency, timeout, network } = options;
  const scale = givenScale(options);
  const resources = givenResources(options);
  return {
    ...(description !== undefined && { description }),
    ...(template !== undefined && { template }),
    ...(runtime !== undefined && { runtime }),
    ...(env !== undefined && { env: parsePairs("--env", env) }),
    ...(secret !== undefined && { secrets: parsePairs("--secret", secret) }),
    ...(dependency !== undefined && { dependencies: parsePairs("--dependency", dependency) }),
    ...(timeout !== undefined && { timeoutMs: Math.round(parseSeconds("--timeout", timeout) * 1000) }),
    ...(Object.keys(scale).length > 0 && { scale }),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(network !== undefined && { network }),
  };
}

/** A function as it is with other parts. */
export function withParts(before: FunctionVersion, { scale, resources, ...parts }: GivenParts): FunctionInput {
  const same = inputOf(before);
  return { ...same, ...parts, scale: { ...same.scale, ...scale }, resources: { ...same.resources, ...resources } };
}

function givenScale({ min, max, concurrency, idle }: FunctionOptions): Partial<FunctionInput["scale"]> {
  return {
    ...(min !== undefined && { min: parseWhole("--min", min) }),
    ...(max !== undefined && { max: parseWhole("--max", max) }),
    ...(concurrency !== undefined && { concurrency: parseWhole("--concurrency", concurrency) }),
    ...(idle !== undefined && { idleSeconds: parseWhole("--idle", idle) }),
  };
}

function givenResources({ memory, cpu }: FunctionOptions): Partial<FunctionInput["resources"]> {
  return { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) };
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
