import { pipeline } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gzip, gzipSteps } from "../../../builder/image/gzip.ts";
import { runTool } from "../../support/image-readers.ts";
import { joinPieces } from "./join-pieces.ts";

/** No name, no time, an unknown operating system. */
const HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
const TEXT = new TextEncoder().encode("a line that is repeated\n".repeat(50_000));

test("a compressed layer tells nothing of the machine or the time", () => {
  expect([...gzip(TEXT).subarray(0, 10)]).toEqual(HEADER);
});

test("gzip reads it, and so does zlib", async () => {
  const compressed = gzip(TEXT);
  expect(await runTool(["gzip", "--decompress", "--stdout"], compressed)).toBe(new TextDecoder().decode(TEXT));
  expect(gunzipSync(compressed).equals(TEXT)).toBe(true);
});

test("in pieces it is read alike, and has the same header", async () => {
  const compressed = await compressedInPieces(TEXT, 64 * 1024);
  expect([...compressed.subarray(0, 10)]).toEqual(HEADER);
  expect(await runTool(["gzip", "--decompress", "--stdout"], compressed)).toBe(new TextDecoder().decode(TEXT));
});

test("in pieces, nothing at all is still a file", async () => {
  expect(gunzipSync(await compressedInPieces(new Uint8Array(), 1024))).toHaveLength(0);
});

async function compressedInPieces(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const { measure, deflate, frame } = gzipSteps();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  let compressed: Uint8Array = new Uint8Array();
  await pipeline(pieces(), measure, deflate, frame, async (parts: AsyncIterable<Uint8Array>) => {
    compressed = await joinPieces(parts);
  });
  return compressed;
}
