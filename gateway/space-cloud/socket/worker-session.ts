import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import { bearerToken } from "../../auth/bearer-token.ts";
import type { SocketFrame } from "../socket.ts";
import type { JoinedLine, WorkerHub } from "../workers.ts";
import { paramsText, requestFrame, textOf } from "./frame.ts";

/** What a {@link WorkerSession} works with. */
export interface WorkerSessionParts {
  readonly workers: WorkerHub;
  readonly log: Log;
  /** The project in the socket's path. */
  readonly project: string | undefined;
  /** `false` when the client does not keep up, or is gone. */
  readonly send: (text: string) => boolean;
}

/** What a client does as a worker: it registers services and answers calls. */
export class WorkerSession {
  readonly #parts: WorkerSessionParts;
  #line: JoinedLine | undefined;
  #hasToldRefusal = false;

  constructor(parts: WorkerSessionParts) {
    this.#parts = parts;
  }

  /** Whether the frame was a worker's. */
  receive(frame: SocketFrame, text: string): boolean {
    if (frame.type === "service-request") this.#answer(frame, text);
    else if (frame.type === "service-register") void this.#register(frame);
    // A name that servers of 2019 reserved and never listened to.
    else return frame.type === "service-unregister";
    return true;
  }

  /** The socket is gone. */
  closed(): void {
    this.#line?.leave();
  }

  #answer({ data }: SocketFrame, text: string): void {
    const id = textOf(data["id"]);
    if (id === undefined || this.#line === undefined) return;
    const params = "params" in data ? paramsText(text) : undefined;
    this.#line.answer({ id, params, error: textOf(data["error"]) });
  }

  async #register({ type, id, data }: SocketFrame): Promise<void> {
    const answer = await this.#outcomeOf(data);
    this.#parts.send(JSON.stringify({ type, data: answer, id }));
  }

  async #outcomeOf({ service, project, token }: SocketFrame["data"]): Promise<{ ack: boolean; error?: string }> {
    const { workers, send } = this.#parts;
    try {
      if (typeof service !== "string")
        throw new MeshError("invalid_request", `data.service has to be a service's name`);
      this.#line ??= workers.join({ ask: (request) => send(requestFrame(request)) });
      await this.#line.register({
        // Newer clients name it in the path, older ones here only.
        project: this.#parts.project ?? (textOf(project) || undefined),
        service,
        token: bearerToken(textOf(token)),
      });
      return { ack: true };
    } catch (thrown) {
      const error = MeshError.from(thrown);
      this.#tell(thrown, error, service);
      return { ack: false, error: error.message };
    }
  }

  /** The client says nothing of a refusal but that there was one. Once is enough: whoever likes may ask for thousands. */
  #tell(thrown: unknown, { code, message, cause }: MeshError, service: unknown): void {
    const { log } = this.#parts;
    if (code === "internal") log.error("a worker could not be registered", { error: thrown });
    if (this.#hasToldRefusal) return;
    this.#hasToldRefusal = true;
    // What the client is not told, whoever looks after the gateway is.
    const reason = cause instanceof MeshError ? cause.message : message;
    const named = typeof service === "string" && { service: service.slice(0, 80) };
    log.warn("a worker was refused", { ...named, code, reason });
  }
}
