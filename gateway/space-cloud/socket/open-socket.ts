import type { Log } from "../../../mesh/log.ts";
import type { LivePolicy } from "../../policy.ts";
import { ClientSession, type SessionParts } from "./client-session.ts";
import type { SlowReader, UnsentBytes } from "./unsent-bytes.ts";
import { CLOSE_CODES, type Wire } from "./wire.ts";

/** What all websockets have in common. */
export interface SocketParts extends Pick<SessionParts, "workers" | "features"> {
  readonly policy: LivePolicy;
  readonly log: Log;
  /** How often a client has to show that it is there. */
  readonly pingSeconds: number;
  /** How much may wait for a client to read it before it gets no more. */
  readonly maxBufferedBytes: number;
  /** What waits for all of them. */
  readonly unsent: UnsentBytes;
}

/** What a frame holds beside the params or the result in it. */
export const ENVELOPE_BYTES = 65_536;
/** So many pings without an answer mean that nobody is there. */
const MOST_MISSED = 2;

/** An open websocket, watched over: whoever is silent, does not read or sends too much loses it. */
export class OpenSocket implements SlowReader {
  readonly #wire: Wire;
  readonly #parts: SocketParts;
  readonly #session: ClientSession;
  readonly #pinging: ReturnType<typeof setInterval>;
  #missed = 0;
  #isGone = false;

  constructor(wire: Wire, project: string | undefined, parts: SocketParts) {
    this.#wire = wire;
    this.#parts = parts;
    const { workers, features, log } = parts;
    this.#session = new ClientSession(wire, {
      workers,
      features,
      log,
      project,
      send: (text) => this.#send(text),
    });
    this.#pinging = setInterval(() => this.#ping(), parts.pingSeconds * 1000);
  }

  /** What its client has not read, and has not been handed to the network either. */
  get unsentBytes(): number {
    return this.#wire.bufferedBytes;
  }

  /** A frame has come; one of bytes is none that anybody understands. */
  receive(frame: string | Uint8Array): void {
    this.#missed = 0;
    if (typeof frame !== "string") {
      return this.#session.refuse(CLOSE_CODES.unsupportedData, "frames have to be text");
    }
    // A character is one byte at least: what is too large by that needs no exact count.
    if (frame.length > this.#parts.policy.current.limits.maxBodyBytes + ENVELOPE_BYTES) {
      return this.#session.refuse(CLOSE_CODES.tooBig, "the frame is too large");
    }
    this.#session.receive(frame);
  }

  /** The client has shown that it is there. */
  pong(): void {
    this.#missed = 0;
  }

  /** Others need the room that its frames take. */
  giveWay(): void {
    this.#drop("too much waits for all of them, and most for it", { bufferedBytes: this.unsentBytes });
  }

  /** Says goodbye. */
  close(code: number, reason: string): void {
    this.#wire.close(code, reason);
    this.closed();
  }

  /** It is closed. May be called twice. */
  closed(): void {
    this.#isGone = true;
    clearInterval(this.#pinging);
    this.#parts.unsent.forget(this);
    this.#session.closed();
  }

  #send(text: string): boolean {
    if (this.#isGone) return false;
    const { unsent, maxBufferedBytes } = this.#parts;
    const { bufferedBytes } = this.#wire;
    if (bufferedBytes > maxBufferedBytes) {
      this.#drop("it does not read what it is sent", { bufferedBytes });
      return false;
    }
    this.#wire.send(text);
    unsent.sent(this);
    return !this.#isGone;
  }

  #ping(): void {
    if (this.#missed >= MOST_MISSED) return this.#drop("it does not answer pings", { missed: this.#missed });
    this.#missed++;
    this.#wire.ping();
  }

  #drop(reason: string, fields: Readonly<Record<string, number>>): void {
    this.#parts.log.warn("a client's websocket was dropped", { reason, ...fields });
    this.#wire.terminate();
    this.closed();
  }
}
