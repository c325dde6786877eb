import type { TarEntry } from "./tar-entry.ts";

/** The unit of a tar archive, in bytes. */
export const BLOCK = 512;

/** What is the same for all files of an archive, so that nothing of the machine gets into it. */
export interface TarStamp {
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** The largest numbers that fit into eleven octal digits. */
const MAX_OCTAL = 8 ** 11 - 1;
const TYPE_FLAGS = { file: "0", link: "2", folder: "5", pax: "x" } as const;

/**
 * The blocks before an entry's content: a ustar header (POSIX.1-1988), behind a pax header (POSIX.1-2001) where a name or a
 * size does not fit. Written here, since a digest is a promise that no release of a library may break.
 */
export function headerBlocks(entry: TarEntry, stamp: TarStamp): Uint8Array {
  const name = encode(entry.type === "folder" ? `${entry.path}/` : entry.path);
  const target = encode(entry.type === "link" ? entry.target : "");
  const size = sizeOf(entry);
  const records = new Map<string, Uint8Array>();
  if (!fits(name)) records.set("path", name);
  if (!fits(target)) records.set("linkpath", target);
  if (size > MAX_OCTAL) records.set("size", encode(String(size)));

  const header = block({
    name: name.subarray(0, 100),
    mode: entry.type === "link" ? 0o777 : entry.mode,
    size: Math.min(size, MAX_OCTAL),
    type: TYPE_FLAGS[entry.type],
    target: target.subarray(0, 100),
    stamp,
  });
  return records.size === 0 ? header : join([paxBlocks(records, stamp), header]);
}

/** Bytes of an entry's content. */
export function sizeOf(entry: TarEntry): number {
  if (entry.type !== "file") return 0;
  return entry.content instanceof Uint8Array ? entry.content.length : entry.content.size;
}

/** The zeros after content, up to the next block. */
export function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** How an archive ends. */
export const END = new Uint8Array(2 * BLOCK);

/** ustar names have no encoding: what is not ASCII goes into a pax header, which is UTF-8. */
function fits(name: Uint8Array): boolean {
  return name.length <= 100 && name.every((byte) => byte < 0x80);
}

function paxBlocks(records: ReadonlyMap<string, Uint8Array>, stamp: TarStamp): Uint8Array {
  const body = join([...records].map(([key, value]) => paxRecord(key, value)));
  const header = block({
    name: encode("PaxHeaders/next"),
    mode: 0o644,
    size: body.length,
    type: TYPE_FLAGS.pax,
    target: new Uint8Array(),
    stamp,
  });
  return join([header, body, padding(body.length)]);
}

/** `27 path=…\n`: the length counts its own digits. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = key.length + value.length + " =\n".length;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return join([encode(`${length} ${key}=`), value, encode("\n")]);
}

interface Block {
  readonly name: Uint8Array;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly target: Uint8Array;
  readonly stamp: TarStamp;
}

function block({ name, mode, size, type, target, stamp }: Block): Uint8Array {
  const bytes = new Uint8Array(BLOCK);
  const octal = (value: number, digits: number) => encode(value.toString(8).padStart(digits, "0"));
  bytes.set(name, 0);
  bytes.set(octal(mode, 7), 100);
  bytes.set(octal(stamp.uid, 7), 108);
  bytes.set(octal(stamp.gid, 7), 116);
  bytes.set(octal(size, 11), 124);
  bytes.set(octal(stamp.mtime, 11), 136);
  bytes.set(encode(" ".repeat(8)), 148);
  bytes.set(encode(type), 156);
  bytes.set(target, 157);
  bytes.set(encode("ustar\u000000"), 257);
  bytes.set(octal(0, 7), 329);
  bytes.set(octal(0, 7), 337);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.set(encode(`${sum.toString(8).padStart(6, "0")}\u0000 `), 148);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
