import { type ErrorCode, MeshError } from "../../mesh/errors.ts";
import { decodeResponseHead } from "../../mesh/http.ts";
import { type FactsJson, endingJson } from "../../mesh/record-json.ts";
import type { Ending } from "../../mesh/recording.ts";
import type { CallRecord, RecordRule, RecordedReply } from "../recording.ts";
import type { RecordBatches } from "./batches.ts";
import type { Clock } from "./clock.ts";
import { responseJson } from "./recorded-value.ts";

export interface RunningOptions {
  readonly rule: RecordRule;
  readonly deadlineMs: number;
  readonly clock: Pick<Clock, "now">;
  readonly batches: Pick<RecordBatches, "end">;
}

/** An answer that came at the last moment still has so long to be recorded, in milliseconds. */
const LAST_MOMENT_MS = 1000;

const SUCCESS = { status: "SUCCESS" } as const;

/** The record of a call between its beginning and its end. */
export class RunningRecord implements CallRecord {
  readonly #facts: FactsJson;
  readonly #options: RunningOptions;
  #sentAt = performance.now();

  constructor(facts: FactsJson, options: RunningOptions) {
    this.#facts = facts;
    this.#options = options;
  }

  /** The call is sent now: what it took to record that it has begun is not its duration. */
  started(): this {
    this.#sentAt = performance.now();
    return this;
  }

  async succeeded(reply: RecordedReply): Promise<void> {
    const { rule } = this.#options;
    const response = rule.response && responseJson(reply, rule.response);
    const recorded = this.#end(statusOf(reply), response);
    // At once where nobody insists.
    if (!rule.isRequired || (await recorded)) return;
    const text = "the function answered, but the record of it could not be written in time";
    throw new MeshError("deadline_exceeded", text);
  }

  async failed({ code, message }: MeshError): Promise<void> {
    const recorded = this.#end(failure(code, message), undefined);
    // Nobody is there to wait for it.
    if (this.#options.rule.isRequired && code !== "cancelled") await recorded;
  }

  /** Resolves with whether it is recorded by the time the caller is to be answered. */
  #end(how: Pick<Ending, "status" | "error">, response: string | undefined): Promise<boolean> {
    const { deadlineMs, clock, batches } = this.#options;
    const durationMs = Math.round((performance.now() - this.#sentAt) * 1000) / 1000;
    const endedAt = clock.now();
    const ending = { ...how, endedAt, durationMs };
    const bareJson = endingJson(this.#facts, ending, undefined);
    const json = response === undefined ? bareJson : endingJson(this.#facts, ending, response);
    return batches.end(json, bareJson, Math.max(endedAt + LAST_MOMENT_MS, deadlineMs));
  }
}

/** A response that tells of an error is one wherever a function is called for its result. */
function statusOf({ httpHead }: RecordedReply): Pick<Ending, "status" | "error"> {
  if (httpHead === undefined) return SUCCESS;
  try {
    const { status } = decodeResponseHead(httpHead);
    return status < 400 ? SUCCESS : failure("function_failed", `the function answered with status ${status}`);
  } catch (error) {
    // The caller hears the same, from the path that has to carry it.
    const { code, message } = MeshError.from(error);
    return failure(code, message);
  }
}

function failure(code: ErrorCode, message: string): Pick<Ending, "status" | "error"> {
  return { status: "FAILURE", error: { code, message } };
}
