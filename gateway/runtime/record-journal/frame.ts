import type { JsonBatch } from "../../recording/batch-writer.ts";

/** Bytes before a batch: its length, its checksum, and how much of it are beginnings; the checksum is of what follows it. */
export const FRAME_HEAD_BYTES = 12;

const LENGTH = 0;
const CHECKSUM = 4;
const BEGUN = 8;

/** A batch as it was read. */
export interface Frame {
  /** Lists of JSON without their brackets; empty where there are none. */
  readonly begun: Uint8Array;
  readonly ended: Uint8Array;
  /** Bytes that it takes in the file. */
  readonly bytes: number;
}

const encoder = new TextEncoder();

/** Writes batches as frames, one at a time: the bytes are good until the next. */
export class FrameWriter {
  #buffer = new Uint8Array(64 * 1024);

  /** `undefined` for a batch of more bytes than that. */
  write({ begun, ended }: JsonBatch, maxBytes: number): Uint8Array | undefined {
    const [beginnings, endings] = [begun.join(","), ended.join(",")];
    // No character takes more than three bytes for each of its units.
    const room = FRAME_HEAD_BYTES + 3 * (beginnings.length + endings.length);
    if (room > this.#buffer.length) this.#buffer = new Uint8Array(2 * room);
    const buffer = this.#buffer;
    const begunBytes = encoder.encodeInto(beginnings, buffer.subarray(FRAME_HEAD_BYTES)).written;
    const endedBytes = encoder.encodeInto(endings, buffer.subarray(FRAME_HEAD_BYTES + begunBytes)).written;
    const length = begunBytes + endedBytes;
    if (length > maxBytes) return undefined;
    const frame = buffer.subarray(0, FRAME_HEAD_BYTES + length);
    const view = new DataView(frame.buffer);
    view.setUint32(LENGTH, length);
    view.setUint32(BEGUN, begunBytes);
    view.setUint32(CHECKSUM, checksum(frame));
    return frame;
  }
}

/** How many bytes the frame takes that begins so; `undefined` when there are too few of them to tell. */
export function frameBytes(bytes: Uint8Array): number | undefined {
  if (bytes.length < FRAME_HEAD_BYTES) return undefined;
  return FRAME_HEAD_BYTES + viewOf(bytes).getUint32(LENGTH);
}

/** The frame that bytes begin with; `undefined` when it is not whole, or not as it was written. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  const size = frameBytes(bytes);
  if (size === undefined || size > bytes.length) return undefined;
  const frame = bytes.subarray(0, size);
  const view = viewOf(frame);
  const begunEnd = FRAME_HEAD_BYTES + view.getUint32(BEGUN);
  if (begunEnd > size || view.getUint32(CHECKSUM) !== checksum(frame)) return undefined;
  return { begun: frame.subarray(FRAME_HEAD_BYTES, begunEnd), ended: frame.subarray(begunEnd), bytes: size };
}

function checksum(frame: Uint8Array): number {
  return Bun.hash.crc32(frame.subarray(BEGUN));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
