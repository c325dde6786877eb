import type { Log } from "../../../mesh/log.ts";
import type { ClientSocket, FeatureSession, SocketFeature, SocketFrame } from "../socket.ts";
import type { WorkerHub } from "../workers.ts";
import { readFrame, textOf } from "./frame.ts";
import { CLOSE_CODES, type Wire } from "./wire.ts";
import { WorkerSession } from "./worker-session.ts";

/** What a {@link ClientSession} works with. */
export interface SessionParts {
  readonly workers: WorkerHub;
  readonly features: readonly SocketFeature[];
  readonly log: Log;
  readonly project: string | undefined;
  /** What leaves a frame to its client; `false` when the client does not keep up, or is gone. */
  readonly send: (text: string) => boolean;
}

/** What one client does on its websocket. */
export class ClientSession {
  readonly #wire: Pick<Wire, "close">;
  readonly #send: (text: string) => boolean;
  readonly #worker: WorkerSession;
  readonly #features: readonly FeatureSession[];
  #isOver = false;

  constructor(wire: Pick<Wire, "close">, { workers, features, log, project, send }: SessionParts) {
    this.#wire = wire;
    this.#send = send;
    this.#worker = new WorkerSession({ workers, log, project, send });
    const socket: ClientSocket = { project, send: (frame) => send(JSON.stringify(frame)) };
    this.#features = features.map((feature) => feature.open(socket));
  }

  /** Handles a text frame. Messages of an unknown type mean nothing; what is no message ends the socket. */
  receive(text: string): void {
    if (this.#isOver) return;
    const frame = readFrame(text);
    if (frame === undefined) return this.refuse(CLOSE_CODES.invalidData, "frames have to be JSON objects");
    if (this.#worker.receive(frame, text)) return;
    if (frame.type === "realtime-subscribe") this.#refuseRealtime(frame);
    else this.#features.some((feature) => feature.receive(frame));
  }

  /** Ends the socket for what its client sent. */
  refuse(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#wire.close(code, reason);
    this.closed();
  }

  /** The socket is gone. May be called twice. */
  closed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#worker.closed();
    for (const feature of this.#features) feature.closed();
  }

  /** It needs a database that changes can be watched in, which there is none of. */
  #refuseRealtime({ type, id, data: { group, id: queryId } }: SocketFrame): void {
    // Only text: what is nested deep can be read, and not be written again.
    const of = { group: textOf(group), id: textOf(queryId) };
    const data = { ack: false, error: "realtime is not supported", ...of, docs: [] };
    this.#send(JSON.stringify({ type, data, id }));
  }
}
