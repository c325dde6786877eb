/** What a made-up program says of itself. */
export interface ElfFacts {
  /** 62 is x86-64, 183 is AArch64. */
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  /** Bytes after all that, for programs that have to differ. */
  readonly padding?: string;
}

export const [X86_64, AARCH64] = [62, 183];

/** A program or library that no processor could run, with the few headers that a loader reads first. */
export function makeElf({ machine = X86_64, interpreter, needed = [], padding = "" }: ElfFacts): Uint8Array {
  const encoder = new TextEncoder();
  const strings = encoder.encode(`\0${needed.map((name) => `${name}\0`).join("")}`);
  const loader = encoder.encode(interpreter === undefined ? "" : `${interpreter}\0`);
  const segments = interpreter === undefined ? 2 : 3;
  const dynamicAt = 64 + 56 * segments;
  const dynamicSize = 16 * (needed.length + 2);
  const stringsAt = dynamicAt + dynamicSize;
  const loaderAt = stringsAt + strings.length;
  const size = loaderAt + loader.length;
  const tail = encoder.encode(padding);
  const bytes = new Uint8Array(size + tail.length);
  const view = new DataView(bytes.buffer);

  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, machine, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, segments, true);

  /** Where it is in memory, so that addresses are not taken for offsets. */
  const address = 0x40_0000;
  const segment = (index: number, type: number, offset: number, length: number): void => {
    const at = 64 + 56 * index;
    view.setUint32(at, type, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(address + offset), true);
    view.setBigUint64(at + 32, BigInt(length), true);
  };
  segment(0, 1, 0, size);
  segment(1, 2, dynamicAt, dynamicSize);
  if (interpreter !== undefined) segment(2, 3, loaderAt, loader.length);

  const dynamic = (index: number, tag: number, value: number): void => {
    view.setBigUint64(dynamicAt + 16 * index, BigInt(tag), true);
    view.setBigUint64(dynamicAt + 16 * index + 8, BigInt(value), true);
  };
  let nameAt = 1;
  for (const [index, name] of needed.entries()) {
    dynamic(index, 1, nameAt);
    nameAt += encoder.encode(name).length + 1;
  }
  dynamic(needed.length, 5, address + stringsAt);
  bytes.set(strings, stringsAt);
  bytes.set(loader, loaderAt);
  bytes.set(tail, size);
  return bytes;
}
