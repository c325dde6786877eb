import { closeSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type Frame, FRAME_HEAD_BYTES, frameBytes, readFrame } from "./frame.ts";
import type { ReadBuffer } from "./read-buffer.ts";

/** What a file begins with: how much of it has been shipped (8 bytes), what it is, and the project (its length first). */
const HEADER_BYTES = 96;
const KIND = "fmesh records 1\n";
const KIND_AT = 8;
const PROJECT_AT = KIND_AT + KIND.length;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A file of batches of one project. It is written at its end only, but for the mark of what has been shipped. */
export class Segment {
  readonly project: string;
  #path: string;
  /** Where what has not been shipped begins. */
  #mark: number;
  #size: number;
  #fd: number | undefined;

  private constructor(path: string, { project, mark, size }: { project: string; mark: number; size: number }) {
    this.#path = path;
    this.project = project;
    this.#mark = mark;
    this.#size = size;
  }

  /** Makes a file that is not there yet. */
  static create(path: string, project: string): Segment {
    const header = new Uint8Array(HEADER_BYTES);
    header.set(encoder.encode(KIND), KIND_AT);
    header[PROJECT_AT] = project.length;
    header.set(encoder.encode(project), PROJECT_AT + 1);
    new DataView(header.buffer).setFloat64(0, HEADER_BYTES);
    const fd = openSync(path, "wx+", 0o600);
    const segment = new Segment(path, { project, mark: HEADER_BYTES, size: 0 });
    segment.#fd = fd;
    try {
      segment.append(header);
    } catch (error) {
      segment.remove();
      throw error;
    }
    return segment;
  }

  /** Opens a file that another process has left; `undefined` when nothing was ever written into it. */
  static open(path: string): Segment | undefined {
    const fd = openSync(path, "r+");
    try {
      const { size } = fstatSync(fd);
      const header = new Uint8Array(HEADER_BYTES);
      if (readSync(fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
      const kind = decoder.decode(header.subarray(KIND_AT, PROJECT_AT));
      if (kind !== KIND) throw new Error(`${JSON.stringify(path)} is no file of records; move it elsewhere`);
      const length = header[PROJECT_AT] ?? 0;
      const project = decoder.decode(header.subarray(PROJECT_AT + 1, PROJECT_AT + 1 + length));
      const mark = Math.min(size, Math.max(HEADER_BYTES, new DataView(header.buffer).getFloat64(0)));
      return new Segment(path, { project, mark, size });
    } finally {
      closeSync(fd);
    }
  }

  get path(): string {
    return this.#path;
  }

  get mark(): number {
    return this.#mark;
  }

  get size(): number {
    return this.#size;
  }

  /** Writes at the end: all of it, or, when it throws, nothing that anybody reads. */
  append(bytes: Uint8Array): void {
    const fd = this.#open();
    let written = 0;
    try {
      while (written < bytes.length)
        written += writeSync(fd, bytes, written, bytes.length - written, this.#size + written);
    } catch (error) {
      if (written > 0) ftruncateSync(fd, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** The frames after an offset: about so many bytes, at least one. None where nothing follows that is as it was written. */
  read(offset: number, bytes: number, into: ReadBuffer): Frame[] {
    let read = this.#read(offset, Math.max(bytes, FRAME_HEAD_BYTES), into);
    const first = frameBytes(read);
    if (first !== undefined && first > read.length) read = this.#read(offset, first, into);
    const frames: Frame[] = [];
    for (let at = 0; at + FRAME_HEAD_BYTES <= read.length;) {
      const frame = readFrame(read.subarray(at));
      if (frame === undefined) break;
      frames.push(frame);
      at += frame.bytes;
    }
    return frames;
  }

  /** All up to an offset has been shipped. */
  shipped(upTo: number): void {
    this.#mark = upTo;
    const mark = new DataView(new ArrayBuffer(8));
    mark.setFloat64(0, upTo);
    writeSync(this.#open(), mark, 0, 8, 0);
  }

  move(path: string): void {
    renameSync(this.#path, path);
    this.#path = path;
  }

  /** Closes the file until it is needed again. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }

  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  /** So many bytes, or fewer at the end. */
  #read(offset: number, bytes: number, into: ReadBuffer): Uint8Array {
    const buffer = into.take(Math.max(0, Math.min(bytes, this.#size - offset)));
    const read = readSync(this.#open(), buffer, 0, buffer.length, offset);
    return buffer.subarray(0, read);
  }

  #open(): number {
    this.#fd ??= openSync(this.#path, "r+");
    return this.#fd;
  }
}
