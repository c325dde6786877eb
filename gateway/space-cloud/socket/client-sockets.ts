import { OpenSocket, type SocketParts } from "./open-socket.ts";
import { UnsentBytes } from "./unsent-bytes.ts";
import { CLOSE_CODES, type Wire } from "./wire.ts";

/** What websockets of clients need. */
export interface ClientSocketsParts extends Omit<SocketParts, "maxBufferedBytes" | "unsent"> {
  /** How much may wait for one client to read it before it gets no more, in bytes. Default: four of the largest frames, at least 8 MiB. */
  readonly maxBufferedBytes?: number;
  /** How much may wait for all of them together before the slowest are dropped. Default: 256 MiB, or as much as for one. */
  readonly maxUnsentBytes?: number | undefined;
  /** How many there may be at once. Default 10 000. */
  readonly maxSockets?: number | undefined;
}

const MAX_SOCKETS = 10_000;
const LEAST_BUFFER_BYTES = 8 * 1024 * 1024;
const FRAMES_BUFFERED = 4;
const MAX_UNSENT_BYTES = 256 * 1024 * 1024;

/** The websockets of clients of 2019 at this gateway. */
export class ClientSockets {
  readonly #parts: SocketParts;
  readonly #maxSockets: number;
  readonly #open = new Set<OpenSocket>();

  constructor({ maxSockets = MAX_SOCKETS, maxUnsentBytes, ...parts }: ClientSocketsParts) {
    const frames = FRAMES_BUFFERED * parts.policy.current.limits.maxBodyBytes;
    const { maxBufferedBytes = Math.max(frames, LEAST_BUFFER_BYTES) } = parts;
    const unsent = new UnsentBytes(maxUnsentBytes ?? Math.max(MAX_UNSENT_BYTES, maxBufferedBytes));
    this.#parts = { ...parts, maxBufferedBytes, unsent };
    this.#maxSockets = maxSockets;
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether there is no place for another one. */
  get isFull(): boolean {
    return this.#open.size >= this.#maxSockets;
  }

  /** @param project the one in its path. */
  open(wire: Wire, project: string | undefined): OpenSocket {
    const socket = new OpenSocket(wire, project, this.#parts);
    this.#open.add(socket);
    return socket;
  }

  /** It is closed. */
  closed(socket: OpenSocket): void {
    this.#open.delete(socket);
    socket.closed();
  }

  /** Says goodbye to all of them. */
  closeAll(): void {
    for (const socket of this.#open) socket.close(CLOSE_CODES.goingAway, "the gateway is closing");
  }
}
