import { gzipSync } from "bun";
import { crc32, createDeflateRaw, type DeflateRaw } from "node:zlib";

/** Of both: small enough, and ten times as fast as the highest. */
const LEVEL = 6;

/**
 * Bytes as a gzip file without time or machine in its header. libdeflate decides by the bytes alone, so that the same Bun
 * gives the same result on every machine.
 */
export function gzip(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  return gzipSync(bytes, { library: "libdeflate", level: LEVEL });
}

type Step = (pieces: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;

/** In this order. */
interface GzipSteps {
  readonly measure: Step;
  readonly deflate: DeflateRaw;
  readonly frame: Step;
}

/**
 * The same for what is too large to hold, in the form of a step of `stream.pipeline`; zlib compresses, so the result is not
 * the same as {@link gzip}'s.
 */
export function gzipSteps(): GzipSteps {
  let crc = 0;
  let size = 0;
  return {
    async *measure(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces) {
        crc = crc32(piece, crc);
        size += piece.length;
        yield piece;
      }
    },
    deflate: createDeflateRaw({ level: LEVEL, chunkSize: 256 * 1024 }),
    async *frame(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      yield HEADER;
      yield* pieces;
      const trailer = new DataView(new ArrayBuffer(8));
      trailer.setUint32(0, crc, true);
      trailer.setUint32(4, size >>> 0, true);
      yield new Uint8Array(trailer.buffer);
    },
  };
}

/** RFC 1952: deflate, no flags, no time, no hint about the effort, an unknown operating system. */
const HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
