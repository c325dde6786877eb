const HEADER = "#!/usr/bin/env bun\nbun-lockfile-format-v0\n";
const FORMAT_VERSION = 3;
/** Trees, hoisted dependencies, resolutions, dependencies, external strings, string bytes. */
const BUFFER_COUNT = 6;
/** A package's resolution: one tag byte, padding to 8, then for a registry package URL (8 bytes) and version (56). */
const RESOLUTION_BYTES = 72;
const FROM_REGISTRY = 2;

/** A run of bytes in the file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One download URL: the 8-byte pointer to it, and its text in the string buffer. */
export interface StoredUrl {
  readonly pointer: Span;
  readonly text: Span;
}

/**
 * Where a binary lockfile holds the download URL of each registry package.
 *
 * The file is Bun's in-memory tables written out: a header, the package table column by column (name, name hash,
 * resolution, …), then six arrays, the last of which holds the text of every string longer than 8 bytes. See
 * `bun.lockb`, `Package` and `Buffers` in https://github.com/oven-sh/bun/tree/main/src/install/lockfile.
 *
 * @throws Error when the layout is not the one known here: then nothing may be written.
 */
export function findDownloadUrls(file: Uint8Array): StoredUrl[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (ascii(file, { start: 0, end: HEADER.length }) !== HEADER) throw unknownLayout("the header differs");
  const version = view.getUint32(HEADER.length, true);
  if (version !== FORMAT_VERSION) throw unknownLayout(`format ${version} instead of ${FORMAT_VERSION}`);

  // Format (4), hash of the package list (32), total size (8); then count, alignment, columns, start and end.
  const table = HEADER.length + 44;
  const count = readU64(view, table);
  const columns = { start: readU64(view, table + 24), end: readU64(view, table + 32) };
  const strings = lastBuffer(view, columns.end);

  const urls: StoredUrl[] = [];
  // Name (8) and name hash (8) of every package come before the column of resolutions.
  const resolutions = columns.start + count * 16;
  for (let at = resolutions; at < resolutions + count * RESOLUTION_BYTES; at += RESOLUTION_BYTES) {
    if (file[at] !== FROM_REGISTRY) continue;
    const pointer = { start: at + 8, end: at + 16 };
    const text = pointedAt(view, pointer, strings);
    if (text === undefined) continue;
    if (!ascii(file, text).startsWith("http")) throw unknownLayout(`no URL at byte ${pointer.start}`);
    urls.push({ pointer, text });
  }
  return urls;
}

/** The string a pointer refers to: offset and length, with the high bit set. All zero is the empty string. */
function pointedAt(view: DataView, pointer: Span, strings: Span): Span | undefined {
  const offset = view.getUint32(pointer.start, true);
  const length = view.getUint32(pointer.start + 4, true);
  if (offset === 0 && length === 0) return undefined;
  const start = strings.start + offset;
  const end = start + (length & 0x7fffffff);
  if (length >>> 31 !== 1 || end > strings.end) throw unknownLayout(`a broken pointer at byte ${pointer.start}`);
  return { start, end };
}

function lastBuffer(view: DataView, packagesEnd: number): Span {
  let span = { start: packagesEnd, end: packagesEnd };
  for (let buffer = 0; buffer < BUFFER_COUNT; buffer++) {
    const next = { start: readU64(view, span.end), end: readU64(view, span.end + 8) };
    if (next.start < span.end || next.end < next.start) throw unknownLayout(`array ${buffer} is out of place`);
    span = next;
  }
  return span;
}

function readU64(view: DataView, at: number): number {
  if (at + 8 > view.byteLength) throw unknownLayout(`it ends before byte ${at + 8}`);
  return Number(view.getBigUint64(at, true));
}

function ascii(file: Uint8Array, { start, end }: Span): string {
  return new TextDecoder("latin1").decode(file.subarray(start, end));
}

function unknownLayout(reason: string): Error {
  return new Error(`the lockfile is not laid out as expected: ${reason}; teach scripts/lockfile-layout.ts this format`);
}
