import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import type { JoinedLine, WorkerHub, WorkerLine, WorkerRequest } from "../workers.ts";
import { Backlog } from "./backlog.ts";
import type { FunctionsPayload } from "./messages.ts";

/** The gateway's end of a `Service` stream. */
export interface PayloadStream {
  /** @param done called once when the message is on its way, or lost with the stream. */
  send(payload: Partial<FunctionsPayload>, done: () => void): void;
  /** Stops and goes on taking messages from the worker. */
  pause(): void;
  resume(): void;
  /** Ends it with an error, of which the worker hears after what waits for it. */
  breakOff(reason: string): void;
}

const REGISTER = "service-register";
const REQUEST = "service-request";

/** A worker may leave that much unread before it gets no more calls. */
const MAX_CALL_BYTES = 32 * 1024 * 1024;
/** The same for acknowledgements, which whoever connects can have sent to it. */
const MAX_ACK_BYTES = 1024 * 1024;
/** Registrations that are decided at a time; the worker's further messages wait. */
const MAX_PENDING = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NO_CLAIMS = encoder.encode("{}");

/** A worker that serves functions over a gRPC stream. */
export class WorkerStream implements WorkerLine {
  readonly #stream: PayloadStream;
  readonly #joined: JoinedLine;
  readonly #log: Log;
  readonly #calls = new Backlog(MAX_CALL_BYTES);
  readonly #acks = new Backlog(MAX_ACK_BYTES);
  #pending = 0;
  #isGone = false;

  constructor(stream: PayloadStream, { hub, log }: { readonly hub: WorkerHub; readonly log: Log }) {
    this.#stream = stream;
    this.#log = log;
    this.#joined = hub.join(this);
  }

  /** Takes a message of the worker. What is of no known type is ignored, as the server of that time did. */
  receive(payload: FunctionsPayload): void {
    if (payload.type === REGISTER) void this.#register(payload);
    else if (payload.type === REQUEST) this.#answer(payload);
  }

  /** The stream has ended, or broken. May be called twice. */
  gone(): void {
    this.#isGone = true;
    this.#joined.leave();
  }

  ask({ id, service, func, params, auth }: WorkerRequest): boolean {
    if (this.#isGone) return false;
    const [paramBytes, authBytes] = [encoder.encode(params), encoder.encode(auth)];
    const sent = this.#calls.add(paramBytes.length + authBytes.length);
    if (sent === undefined) return false;
    this.#stream.send({ type: REQUEST, id, service, function: func, params: paramBytes, auth: authBytes }, sent);
    return true;
  }

  async #register({ id, service, project, token }: FunctionsPayload): Promise<void> {
    if (++this.#pending === MAX_PENDING) this.#stream.pause();
    const ack = await this.#decide({ service, project: project || undefined, token: token || undefined });
    if (this.#pending-- === MAX_PENDING) this.#stream.resume();
    if (this.#isGone) return;
    const params = encoder.encode(ack);
    const sent = this.#acks.add(params.length + id.length + service.length);
    if (sent === undefined) return this.#stream.breakOff("the worker does not read what it is sent");
    this.#stream.send({ type: REGISTER, id, service, params, auth: NO_CLAIMS }, sent);
  }

  /** The acknowledgement, as JSON. */
  async #decide(wanted: Parameters<JoinedLine["register"]>[0]): Promise<string> {
    try {
      await this.#joined.register(wanted);
      return `{"ack":true}`;
    } catch (thrown) {
      const error = MeshError.from(thrown);
      const { project, service } = wanted;
      if (error.code === "internal")
        this.#log.error("a worker could not be registered", { error: thrown, project, service });
      return JSON.stringify({ ack: false, error: error.message });
    }
  }

  #answer({ id, params, error }: FunctionsPayload): void {
    if (error !== "") return this.#joined.answer({ id, error });
    if (params.length === 0) return this.#joined.answer({ id });
    const json = jsonText(params);
    this.#joined.answer(json === undefined ? { id, error: "the worker's answer is not JSON" } : { id, params: json });
  }
}

/** @returns `undefined` for bytes that are not JSON. */
function jsonText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
