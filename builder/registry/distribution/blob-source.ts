import type { Blob } from "../../registry.ts";
import { verifiedPiecesOf } from "../content.ts";

/** Blobs may be in memory as one piece: it goes out in smaller ones, which show that it moves. */
const MAX_PIECE_BYTES = 256 * 1024;

/** A blob's content from any place on: read on where reading ended, or else opened again. */
export class BlobSource {
  readonly #blob: Blob;
  readonly #signal: AbortSignal | undefined;
  #pieces: AsyncGenerator<Uint8Array, void> | undefined;
  /** What was read but not wanted yet, and where it begins. */
  #rest: Uint8Array = new Uint8Array();
  #position = 0;
  /** Somebody began to read a part and has not come to its end: where reading is, is not known. */
  #isBusy = false;
  #failure: unknown;

  constructor(blob: Blob, signal: AbortSignal | undefined) {
    this.#blob = blob;
    this.#signal = signal;
  }

  /** What went wrong with the content itself, which no registry is to blame for. */
  get failure(): unknown {
    return this.#failure;
  }

  /** A part of it as the body of a request; `onPiece` is told of every piece that goes out. */
  body(offset: number, length: number, onPiece: (bytes: number) => void): ReadableStream<Uint8Array> {
    const parts = this.#part(offset, length);
    return new ReadableStream(
      {
        pull: async (controller) => {
          try {
            const { value, done } = await parts.next();
            if (done === true) {
              controller.close();
              return;
            }
            onPiece(value.byteLength);
            controller.enqueue(value);
          } catch (error) {
            this.#failure = error;
            throw error;
          }
        },
        cancel: async () => {
          await parts.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async close(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    await pieces?.return(undefined);
  }

  async *#part(offset: number, length: number): AsyncGenerator<Uint8Array, void> {
    const pieces = await this.#goTo(offset);
    this.#isBusy = true;
    for (let left = length; left > 0;) {
      if (this.#rest.byteLength === 0) {
        const { value, done } = await pieces.next();
        // The pieces are verified: they end only where they should.
        if (done === true) return;
        this.#rest = value;
      }
      const piece = this.#take(Math.min(left, MAX_PIECE_BYTES));
      left -= piece.byteLength;
      yield piece;
    }
    // Reading on at the end is what verifies an empty blob.
    if (this.#position === this.#blob.size) await pieces.next();
    this.#isBusy = false;
  }

  async #goTo(offset: number): Promise<AsyncGenerator<Uint8Array, void>> {
    if (this.#pieces !== undefined && !this.#isBusy && this.#position === offset) return this.#pieces;
    await this.close();
    const pieces = verifiedPiecesOf(this.#blob, this.#signal);
    this.#pieces = pieces;
    this.#rest = new Uint8Array();
    this.#position = 0;
    while (this.#position < offset) {
      const { value, done } = await pieces.next();
      if (done === true) break;
      this.#rest = value;
      this.#take(offset - this.#position);
    }
    return pieces;
  }

  #take(most: number): Uint8Array {
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.byteLength);
    this.#position += piece.byteLength;
    return piece;
  }
}
