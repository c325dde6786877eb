import { MeshError } from "../../../mesh/errors.ts";

/** What has to be kept, because it has happened, may take so much more, as a part of the whole. */
const RESERVE = 1 / 8;

/** The room that records may take on the disk. */
export class Room {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** @throws MeshError `overloaded` when there is none. */
  assert(bytes: number, what: "may wait" | "has to be kept"): void {
    const maxBytes = what === "may wait" ? this.#maxBytes : this.#maxBytes * (1 + RESERVE);
    if (this.#bytes + bytes <= maxBytes) return;
    throw new MeshError(
      "overloaded",
      `${this.#maxBytes} bytes of records wait in the gateway; see why the functions service does not take them, or let more of them wait (gateway.records.maxBytes)`,
      { status: 503, retryAfterSeconds: 1 },
    );
  }
}
