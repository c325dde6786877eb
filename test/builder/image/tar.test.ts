import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../../builder/digest.ts";
import { ImageError } from "../../../builder/image/image-error.ts";
import { type SmallTarEntry, tar, tarPieces } from "../../../builder/image/tar.ts";
import type { TarEntry } from "../../../builder/image/tar-entry.ts";
import { runTool, TAR_READERS, unpackTar, type UnpackedFile } from "../../support/image-readers.ts";
import { joinPieces } from "./join-pieces.ts";
import { someEntries } from "./some-entries.ts";

const STAMP = { uid: 65532, gid: 65532, mtime: 1_700_000_000 };

describe.each(TAR_READERS)("read by %s", (reader) => {
  test("an archive has the files, folders and links that were put into it", async () => {
    await fc.assert(
      fc.asyncProperty(someEntries(), async (entries) => {
        const found = await unpacked(reader, tar(entries, STAMP));
        const given = found.filter(({ path }) => entries.some((entry) => entry.path === path));
        expect(given.map(asEntry).sort(byPath)).toEqual(entries.toSorted(byPath));
        expect(found.map(({ uid, gid }) => [uid, gid])).toEqual(found.map(() => [65532, 65532]));
        expect(found.filter(({ type }) => type !== "link").every(({ mtime }) => mtime === STAMP.mtime)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("folders that nobody named are there, for everybody to enter", async () => {
    const found = await unpacked(reader, tar([textFile("app/lib/a.js")], STAMP));
    expect(found.map(({ path, type, mode }) => [path, type, mode])).toEqual([
      ["app", "folder", 0o755],
      ["app/lib", "folder", 0o755],
      ["app/lib/a.js", "file", 0o644],
    ]);
  });

  test("a size that does not fit into an old header is told all the same", async () => {
    const size = 9 * 1024 ** 3;
    const pieces = tarPieces([{ type: "file", path: "huge", mode: 0o644, content: { size, open: nothing } }], STAMP);
    const first = await pieces.next();
    const headers = first.done === true ? new Uint8Array() : first.value;
    // The content is missing, so that the reader complains when it has told what it read.
    const list = `${reader} --list --verbose --numeric-owner --file=- || true`;
    const listing = await runTool(["sh", "-c", list], headers);
    expect(listing).toContain(` ${size} `);
  });
});

test("a name that is not ASCII says that it is UTF-8, whatever the reader's habits", () => {
  expect(new TextDecoder().decode(tar([textFile("größe.js")], STAMP))).toContain("19 path=größe.js\n");
});

test("the order that files are given in does not change a byte", () => {
  fc.assert(
    fc.property(
      someEntries().chain((entries) =>
        fc.tuple(fc.constant(entries), fc.shuffledSubarray([...entries], { minLength: entries.length })),
      ),
      ([entries, shuffled]) => {
        expect(digestOf(tar(shuffled, STAMP))).toBe(digestOf(tar(entries, STAMP)));
      },
    ),
  );
});

test("in pieces it is the same archive", async () => {
  await fc.assert(
    fc.asyncProperty(someEntries(), async (entries) => {
      const streamed = entries.map((entry): TarEntry => (entry.type === "file" ? inPieces(entry) : entry));
      expect(digestOf(await joinPieces(tarPieces(streamed, STAMP)))).toBe(digestOf(tar(entries, STAMP)));
    }),
  );
});

test("a file that changes while it is read makes no archive", async () => {
  const shorter = { type: "file", path: "log", mode: 0o644, content: { size: 3, open: nothing } } as const;
  await expect(joinPieces(tarPieces([shorter], STAMP))).rejects.toThrow('"log" was 3 bytes long and changed');
});

describe("a hostile path", () => {
  test.each([
    ["/etc/passwd", "is absolute"],
    ["../etc/passwd", 'has ".." for a name'],
    ["app/../../etc/passwd", 'has ".." for a name'],
    ["app/./x", 'has "." for a name'],
    ["app//x", 'has "" for a name'],
    ["app/", 'has "" for a name'],
    ["", 'has "" for a name'],
    ["app/x\u0000.js", "holds a control character"],
    ["app/x\n.js", "holds a control character"],
    ["app/\ud800", "is not well-formed Unicode"],
    [`app/${"x".repeat(256)}`, "has a name longer than 255 bytes"],
    ["x/".repeat(2100), "is longer than 4095 bytes"],
    ["app/.wh.function.js", 'has a name that begins with ".wh."'],
  ])("%j is refused", (path, why) => {
    expect(() => tar([textFile(path)], STAMP)).toThrow(why);
    expect(() => tar([textFile(path)], STAMP)).toThrow(ImageError);
  });

  test.each(["/etc/passwd", "../../etc", "a/../../../b", "", "x\u0000"])("a link to %j is refused", (target) => {
    expect(() => tar([{ type: "link", path: "app/link", target }], STAMP)).toThrow(ImageError);
  });

  test("a file cannot be twice in it, nor inside of a file or link", () => {
    const link: SmallTarEntry = { type: "link", path: "app", target: "tmp" };
    expect(() => tar([textFile("app"), textFile("app")], STAMP)).toThrow("is there twice");
    expect(() => tar([textFile("app"), textFile("app/x")], STAMP)).toThrow('is inside of "app", which is no folder');
    expect(() => tar([link, textFile("app/x")], STAMP)).toThrow('is inside of "app", which is no folder');
  });

  test("whatever the path, nothing is written outside of the folder", async () => {
    const segment = fc.constantFrom("..", ".", "", "a", "etc", "\u0000", "…", ".wh.a", "x".repeat(120));
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 6 }), async (segments) => {
        const path = segments.join("/");
        let archive: Uint8Array;
        try {
          archive = tar([textFile(path)], STAMP);
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError);
          return;
        }
        const found = await unpacked("bsdtar", archive);
        expect(found.at(-1)?.path).toBe(path);
      }),
      { numRuns: 60 },
    );
  });
});

function textFile(path: string): SmallTarEntry {
  return { type: "file", path, mode: 0o644, content: new TextEncoder().encode(path) };
}

function inPieces(entry: Extract<SmallTarEntry, { type: "file" }>): TarEntry {
  const { content } = entry;
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 100) yield await Promise.resolve(content.subarray(at, at + 100));
  }
  return { ...entry, content: { size: content.length, open } };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function unpacked(reader: (typeof TAR_READERS)[number], archive: Uint8Array): Promise<readonly UnpackedFile[]> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-tar-"));
  try {
    return await unpackTar(reader, archive, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function asEntry({ path, type, mode, content }: UnpackedFile): SmallTarEntry {
  if (type === "folder") return { type, path, mode };
  if (type === "link") return { type, path, target: String(content) };
  return { type, path, mode, content: content instanceof Uint8Array ? content : new Uint8Array() };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
