import { type FileHandle, open } from "node:fs/promises";
import type { Architecture } from "../oci.ts";
import { BaseError } from "./base-error.ts";

/** What a program or shared library says of what it needs (System V ABI, chapters 4 and 5). */
export interface Elf {
  /** `undefined`: a processor that images are not built for. */
  readonly architecture: Architecture | undefined;
  /** The loader that a program wants, by its path. */
  readonly interpreter: string | undefined;
  /** Names of the libraries it wants. */
  readonly needed: readonly string[];
}

const MACHINES: Readonly<Record<number, Architecture>> = { 62: "amd64", 183: "arm64" };
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const [DT_NEEDED, DT_STRTAB] = [1, 5];
const [HEADER_SIZE, SEGMENT_SIZE, DYNAMIC_SIZE] = [64, 56, 16];
/** A sane file is far below; a broken one must not make us read it whole. */
const MAX_PART = 1024 * 1024;
/** Linux's PATH_MAX. */
const MAX_TEXT = 4096;

/**
 * Reads those few parts of a file.
 * @returns `undefined` when it is no 64-bit ELF file
 * @throws BaseError `wrong_program` when it begins as one and then is broken
 */
export async function readElf(path: string): Promise<Elf | undefined> {
  await using file = await open(path, "r");
  const header = await file.read(new Uint8Array(HEADER_SIZE), 0, HEADER_SIZE, 0);
  if (header.bytesRead < HEADER_SIZE || !isElf(header.buffer)) return undefined;
  return await parse(new ElfFile(path, file), viewOf(header.buffer));
}

/** 64 bits, the lower byte first, as on every processor that images are built for. */
function isElf(bytes: Uint8Array): boolean {
  return [0x7f, 0x45, 0x4c, 0x46, 2, 1].every((byte, index) => bytes[index] === byte);
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

async function parse(file: ElfFile, header: DataView): Promise<Elf> {
  const [size, count] = [header.getUint16(54, true), header.getUint16(56, true)];
  if (count > 0 && size !== SEGMENT_SIZE) throw file.broken();
  const table = await file.read(number(header, 32), size * count);
  const segments = Array.from({ length: count }, (_, index) => segmentAt(table, index * SEGMENT_SIZE));

  const loader = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const interpreter = loader && (await file.readText(loader.offset));
  return {
    architecture: MACHINES[header.getUint16(18, true)],
    interpreter,
    needed: dynamic === undefined ? [] : await libraries(file, segments, dynamic),
  };
}

async function libraries(file: ElfFile, segments: readonly Segment[], dynamic: Segment): Promise<readonly string[]> {
  const table = await file.read(dynamic.offset, dynamic.size);
  const entries = Array.from({ length: Math.floor(table.byteLength / DYNAMIC_SIZE) }, (_, index) => ({
    tag: number(table, index * DYNAMIC_SIZE),
    value: number(table, index * DYNAMIC_SIZE + 8),
  }));
  const end = entries.findIndex(({ tag }) => tag === 0);
  const used = entries.slice(0, end === -1 ? undefined : end);
  const address = used.find(({ tag }) => tag === DT_STRTAB)?.value;
  const home = segments.find(
    ({ type, address: begin, size }) =>
      type === PT_LOAD && address !== undefined && begin <= address && address < begin + size,
  );
  const names = used.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => value);
  if (names.length === 0) return [];
  if (address === undefined || home === undefined) throw file.broken();
  const strings = home.offset + (address - home.address);
  return Promise.all(names.map((at) => file.readText(strings + at)));
}

class ElfFile {
  readonly #path: string;
  readonly #file: FileHandle;

  constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  async read(offset: number, size: number): Promise<DataView> {
    if (size > MAX_PART || !Number.isSafeInteger(offset)) throw this.broken();
    const { bytesRead, buffer } = await this.#file.read(new Uint8Array(size), 0, size, offset);
    if (bytesRead < size) throw this.broken();
    return viewOf(buffer);
  }

  /** Up to the next zero. */
  async readText(offset: number): Promise<string> {
    if (!Number.isSafeInteger(offset)) throw this.broken();
    const { bytesRead, buffer } = await this.#file.read(new Uint8Array(MAX_TEXT), 0, MAX_TEXT, offset);
    const end = buffer.subarray(0, bytesRead).indexOf(0);
    if (end < 1) throw this.broken();
    return new TextDecoder().decode(buffer.subarray(0, end));
  }

  broken(): BaseError {
    return new BaseError("wrong_program", `"${this.#path}" begins as a program for Linux and is broken; get it again`);
  }
}

function segmentAt(table: DataView, at: number): Segment {
  return {
    type: table.getUint32(at, true),
    offset: number(table, at + 8),
    address: number(table, at + 16),
    size: number(table, at + 32),
  };
}

/** Beyond 2^53 is no file's offset: whoever reads there is told that the file is broken. */
function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
