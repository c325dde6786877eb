import * as v from "valibot";
import {
  type DeployedFunction,
  type DeployedLine,
  type DeployerFunction,
  type LogsRequest,
  deployedFunctionSchema,
  deployedLineSchema,
} from "../mesh/deployment.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Traffic } from "../mesh/function.ts";
import { DEPLOYER_SERVICE } from "../mesh/names.ts";
import { askHand, itemsOf } from "./ask-mesh.ts";

/** Calls a function of the project's deployer. The signal ends what it answers item by item. */
export type AskDeployer = (name: DeployerFunction, params: unknown, signal?: AbortSignal) => Promise<unknown>;

/**
 * A project's deployer, wherever it runs. All of it throws MeshError: `worker_unavailable` where there is none, `function_failed`
 * with the deployer's word as its `reason`, and `bad_reply` for what no deployer says.
 */
export class DeployerClient {
  readonly #project: string;
  readonly #ask: AskDeployer;

  constructor(project: string, ask: AskDeployer) {
    this.#project = project;
    this.#ask = ask;
  }

  /** How a function is deployed; `undefined` when it is not. */
  async describe(label: string): Promise<DeployedFunction | undefined> {
    const answer = await this.#asked("describe", { label });
    return answer === undefined || answer === null ? undefined : parsed(deployedFunctionSchema, answer);
  }

  /** How all functions of the project are deployed, by label. */
  async list(): Promise<readonly DeployedFunction[]> {
    return parsed(v.array(deployedFunctionSchema), await this.#asked("list", {}));
  }

  async setTraffic(label: string, traffic: Traffic): Promise<DeployedFunction> {
    return parsed(deployedFunctionSchema, await this.#asked("traffic", { label, traffic }));
  }

  /** Resolves when nothing of it runs any more, also when nothing did. */
  async remove(label: string): Promise<void> {
    await this.#asked("remove", { label });
  }

  /** What it wrote, oldest first, until the signal aborts. */
  async logs(request: Omit<LogsRequest, "project">, signal: AbortSignal): Promise<AsyncIterable<DeployedLine>> {
    return parsedLines(itemsOf(await this.#asked("logs", request, signal), DEPLOYER_SERVICE));
  }

  #asked(name: DeployerFunction, params: object, signal?: AbortSignal): Promise<unknown> {
    const asked = { project: this.#project, ...params };
    return askHand(DEPLOYER_SERVICE, this.#project, () => this.#ask(name, asked, signal));
  }
}

/** Whether a deployer says that a function, or a version of it, is not deployed. */
export function isNotDeployed(error: unknown): error is MeshError {
  return error instanceof MeshError && error.reason === "not_found";
}

async function* parsedLines(lines: AsyncIterable<unknown>): AsyncGenerator<DeployedLine, void> {
  // `null` only says that they begin.
  for await (const line of lines) if (line !== null) yield parsed(deployedLineSchema, line);
}

function parsed<S extends v.GenericSchema>(schema: S, answer: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  throw new MeshError("bad_reply", "the deployer answered with something that is no deployment");
}
