import { type ErrorCode, MeshError } from "../../mesh/errors.ts";
import { decodeResponseHead } from "../../mesh/http.ts";
import type { Beginning, Ending } from "../../mesh/recording.ts";
import type { CallRecord, RecordRule, RecordedReply } from "../recording.ts";
import { responseJson } from "./recorded-value.ts";
import { isWithin } from "./time-limit.ts";
import { withMember } from "./with-member.ts";

/** An ending as JSON, with and without what was answered. */
export interface Outcome {
  readonly json: string;
  readonly bareJson: string;
}

export interface RunningOptions {
  readonly rule: RecordRule;
  readonly deadlineMs: number;
  readonly now: () => number;
  /** Resolves when the ending is recorded, however long that takes. Never rejects. */
  readonly end: (outcome: Outcome) => Promise<void>;
}

/** An answer that came at the last moment still has so long to be recorded, in milliseconds. */
const LAST_MOMENT_MS = 1000;

/** The record of a call between its beginning and its end. */
export class RunningRecord implements CallRecord {
  readonly #about: Omit<Beginning, "deadlineMs" | "payload">;
  readonly #options: RunningOptions;
  #sentAt: number;

  constructor(about: Omit<Beginning, "deadlineMs" | "payload">, options: RunningOptions) {
    this.#about = about;
    this.#options = options;
    this.#sentAt = performance.now();
  }

  /** The call is sent now: what it took to record that it has begun is not its duration. */
  started(): this {
    this.#sentAt = performance.now();
    return this;
  }

  async succeeded(reply: RecordedReply): Promise<void> {
    const { rule } = this.#options;
    const how = statusOf(reply);
    const response = rule.isFull ? responseJson(reply, { ...rule, redact: rule.redactResponse }) : undefined;
    if (await this.#isRecorded(this.#outcome(how, response))) return;
    const text = "the function answered, but the record of it could not be written in time";
    throw new MeshError("deadline_exceeded", text);
  }

  async failed({ code, message }: MeshError): Promise<void> {
    const recorded = this.#isRecorded(this.#outcome(failure(code, message), undefined));
    // Nobody is there to wait for it.
    if (code !== "cancelled") await recorded;
  }

  #outcome(how: Pick<Ending, "status" | "error">, response: string | undefined): Outcome {
    const durationMs = Math.round((performance.now() - this.#sentAt) * 1000) / 1000;
    const ending: Ending = { ...this.#about, durationMs, ...how };
    const bareJson = JSON.stringify(ending);
    return { json: withMember(bareJson, "response", response), bareJson };
  }

  /** Whether it is by the time the caller is to be answered; at once where nobody insists. */
  #isRecorded(outcome: Outcome): Promise<boolean> {
    const { rule, deadlineMs, now, end } = this.#options;
    const ended = end(outcome);
    return rule.isRequired ? isWithin(Math.max(LAST_MOMENT_MS, deadlineMs - now()), ended) : Promise.resolve(true);
  }
}

/** A response that tells of an error is one wherever a function is called for its result. */
function statusOf({ httpHead }: RecordedReply): Pick<Ending, "status" | "error"> {
  if (httpHead === undefined) return { status: "SUCCESS" };
  try {
    const { status } = decodeResponseHead(httpHead);
    return status < 400
      ? { status: "SUCCESS" }
      : failure("function_failed", `the function answered with status ${status}`);
  } catch (error) {
    // The caller hears the same, from the path that has to carry it.
    const { code, message } = MeshError.from(error);
    return failure(code, message);
  }
}

function failure(code: ErrorCode, message: string): Pick<Ending, "status" | "error"> {
  return { status: "FAILURE", error: { code, message } };
}
