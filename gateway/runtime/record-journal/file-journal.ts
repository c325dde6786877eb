import { MeshError } from "../../../mesh/errors.ts";
import type { BatchJournal, JournalPiece } from "../../recording/batch-journal.ts";
import type { JsonBatch } from "../../recording/batch-writer.ts";
import { FrameWriter } from "./frame.ts";
import { ReadBuffer } from "./read-buffer.ts";
import type { Room } from "./room.ts";
import type { Segment } from "./segment.ts";

export interface FileJournalOptions {
  /** Makes a file for more batches. */
  readonly newSegment: () => Segment;
  /** The room that all journals of a folder share. */
  readonly room: Room;
  /** Told of bytes that cannot be read as they were written. */
  readonly onDamage: (path: string, bytes: number) => void;
}

/** A segment, and the place at which it begins. */
interface Placed {
  readonly segment: Segment;
  readonly base: number;
}

/** A file that is longer is left alone, and removed when it has been shipped. */
const SEGMENT_BYTES = 4 * 1024 * 1024;

/** A journal in files. Places are counted through all of them. */
export class FileJournal implements BatchJournal {
  readonly #options: FileJournalOptions;
  readonly #frames = new FrameWriter();
  readonly #readBuffer = new ReadBuffer();
  readonly #placed: Placed[] = [];
  /** The one that is written to; always the last. */
  #live: Placed | undefined;
  #start = 0;
  #end = 0;

  constructor(options: FileJournalOptions) {
    this.#options = options;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Takes a file that others have left. */
  add(segment: Segment): void {
    this.#seal();
    this.#place(segment);
    // Nothing before it waits: what was shipped of it need not be read.
    if (this.#start === this.#end) this.#start += segment.mark;
    this.#end += segment.size;
    this.#options.room.take(segment.size);
  }

  append(batch: JsonBatch, maxBytes: number): boolean {
    const frame = this.#frames.write(batch, maxBytes);
    if (frame === undefined) return false;
    const { room } = this.#options;
    room.assert(frame.length, batch.begun.length > 0 ? "may wait" : "has to be kept");
    try {
      this.#live ??= this.#begin();
      this.#live.segment.append(frame);
    } catch (error) {
      // A file that takes no more is removed once it has been shipped, which makes room on a full disk.
      this.#seal();
      this.#removeShipped();
      throw cannotWrite(error);
    }
    room.take(frame.length);
    this.#end += frame.length;
    if (this.#live.segment.size >= SEGMENT_BYTES) this.#seal();
    return true;
  }

  read(after: number, bytes: number): JournalPiece | undefined {
    const piece = this.#find(after, bytes);
    // Nothing but headers, and what cannot be read.
    if (piece === undefined && after === this.#start) this.forget(this.#end);
    return piece;
  }

  forget(upTo: number): void {
    this.#start = upTo;
    this.#removeShipped();
    const [first] = this.#placed;
    if (first !== undefined && first.base < upTo) first.segment.shipped(upTo - first.base);
  }

  /** Removes what is empty, and closes the rest. */
  close(): void {
    this.#seal();
    if (this.#start === this.#end) this.forget(this.#end);
    for (const { segment } of this.#placed) segment.close();
  }

  #removeShipped(): void {
    let first = this.#placed[0];
    for (; first !== undefined && first.base + first.segment.size <= this.#start; first = this.#placed[0]) {
      if (first === this.#live) break;
      this.#placed.shift();
      this.#options.room.giveBack(first.segment.size);
      first.segment.remove();
    }
  }

  #find(after: number, bytes: number): JournalPiece | undefined {
    for (const { segment, base } of this.#placed) {
      const from = Math.max(after, base + segment.mark);
      const segmentEnd = base + segment.size;
      if (from >= segmentEnd) continue;
      const frames = segment.read(from - base, bytes, this.#readBuffer);
      const end = frames.reduce((sum, frame) => sum + frame.bytes, from);
      const begun = frames.map((frame) => frame.begun).filter(isSomething);
      const ended = frames.map((frame) => frame.ended).filter(isSomething);
      if (frames.length > 0) return { begun, ended, end };
      this.#options.onDamage(segment.path, segmentEnd - from);
    }
    return undefined;
  }

  #begin(): Placed {
    const segment = this.#options.newSegment();
    const isEmpty = this.#start === this.#end;
    const placed = this.#place(segment);
    this.#end += segment.size;
    if (isEmpty) this.#start = this.#end;
    this.#options.room.take(segment.size);
    return placed;
  }

  #place(segment: Segment): Placed {
    const placed = { segment, base: this.#end };
    this.#placed.push(placed);
    return placed;
  }

  #seal(): void {
    this.#live?.segment.close();
    this.#live = undefined;
  }
}

function isSomething({ length }: Uint8Array): boolean {
  return length > 0;
}

function cannotWrite(cause: unknown): MeshError {
  const isFull = cause instanceof Error && "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT");
  return isFull
    ? new MeshError("overloaded", "the disk of the gateway's records is full; make room", { status: 503, cause })
    : new MeshError("worker_unavailable", "the gateway's records cannot be written", { cause });
}
