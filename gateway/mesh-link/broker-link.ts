import { type Broker, type BrokerStatus, payloadRoom } from "../../mesh/broker.ts";
import type { Reply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { FunctionAddress } from "../../mesh/names.ts";
import { NoAnswer } from "../../mesh/no-answer.ts";
import { NobodyThere } from "../../mesh/nobody-there.ts";
import { sendCall } from "../../mesh/outgoing-call.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import type { AllowedCall, MeshLink } from "../mesh-link.ts";
import type { CallRecord, CallRecorder } from "../recording.ts";

/** What calls are sent with. */
export interface BrokerLinkParts {
  readonly broker: Broker;
  /** Where the spans of calls go; without it there are none. */
  readonly tracing?: Tracing | undefined;
  /** Where calls are recorded; without it none is, whatever the configuration says. */
  readonly recorder?: CallRecorder | undefined;
  /** Who is asked when nobody serves a call; without it nobody is. */
  readonly elsewhere?: Elsewhere | undefined;
}

/** Somebody outside of the mesh who may serve what nobody in it does. */
export interface Elsewhere {
  /**
   * @param unserved that nobody serves the call, of which nothing has run.
   * @throws NobodyThere `unserved` when nobody is there either; MeshError as a call.
   */
  send(allowed: AllowedCall, unserved: NobodyThere): Promise<Reply>;
}

/** The link of a gateway that has the broker at hand. */
export class BrokerLink implements MeshLink {
  readonly #broker: Broker;
  readonly #tracing: Tracing | undefined;
  readonly #recorder: CallRecorder | undefined;
  readonly #elsewhere: Elsewhere | undefined;

  constructor({ broker, tracing, recorder, elsewhere }: BrokerLinkParts) {
    this.#broker = broker;
    this.#tracing = tracing;
    this.#recorder = recorder;
    this.#elsewhere = elsewhere;
  }

  get roomBytes(): number {
    return payloadRoom(this.#broker);
  }

  status(): BrokerStatus {
    return this.#broker.status;
  }

  async caughtUp(project: string): Promise<void> {
    await this.#recorder?.caughtUp(project);
  }

  async send(allowed: AllowedCall): Promise<Reply> {
    const { timing } = allowed;
    const record = await this.#begin(allowed);
    let reply: Reply;
    try {
      reply = await this.#sendOn(allowed);
      timing?.lapRoundTrip(reply.handlerMs);
    } catch (thrown) {
      timing?.lap("mesh");
      const error = asTold(thrown, allowed);
      if (record !== undefined) {
        await record.failed(MeshError.from(error));
        timing?.lap("record");
      }
      throw error;
    }
    if (record === undefined) return reply;
    try {
      await record.succeeded(reply);
    } catch (error) {
      // Nobody is going to read it; that it cannot be cancelled either is its writer's business.
      reply.stream?.bytes.cancel().catch(() => undefined);
      throw error;
    }
    timing?.lap("record");
    return reply;
  }

  async #begin({ address, call, params, recordRule, timing }: AllowedCall): Promise<CallRecord | undefined> {
    if (recordRule === undefined || this.#recorder === undefined) return undefined;
    const { id: callId, deadlineMs, trace } = call;
    const facts = { address, callId, traceId: trace.traceId, deadlineMs, call: { ...call, params } };
    const record = await this.#recorder.begin(recordRule, facts);
    timing?.lap("record");
    return record;
  }

  async #sendOn(allowed: AllowedCall): Promise<Reply> {
    const { address, call, asker, parent } = allowed;
    const timeoutMs = call.deadlineMs - Date.now();
    if (timeoutMs <= 0) throw new MeshError("deadline_exceeded", "the time ran out before the call was sent");
    try {
      return await sendCall(this.#broker, address, call, { timeoutMs, asker, tracing: this.#tracing, parent });
    } catch (error) {
      if (this.#elsewhere === undefined || !(error instanceof NobodyThere)) throw error;
      return await this.#elsewhere.send(allowed, error);
    }
  }
}

/** The error of a call in the words of its caller. */
function asTold(error: unknown, { address, asker, isNamed, timeoutMs }: AllowedCall): unknown {
  if (asker.signal.aborted) {
    return new MeshError("cancelled", "the caller went away before the answer", { cause: error });
  }
  if (error instanceof NoAnswer && timeoutMs !== undefined) return new NoAnswer(timeoutMs, { cause: error });
  return error instanceof NobodyThere && !isNamed ? notFound(address) : error;
}

/** Nobody serves it and the configuration does not name it: it does not exist, rather than being away. */
function notFound({ service, function: name }: FunctionAddress): MeshError {
  return new MeshError(
    "function_not_found",
    `there is no function "${service}.${name}": it is neither configured nor served`,
  );
}
