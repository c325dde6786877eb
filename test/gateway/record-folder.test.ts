import { appendFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BatchJournal } from "../../gateway/recording/batch-journal.ts";
import { RecordFolder } from "../../gateway/runtime/record-journal.ts";
import { silentLog } from "../../mesh/log.ts";
import { recordingLog } from "../mesh/recording-log.ts";

const ROOM = 10_000_000;
const MAX_BATCH = 1_000_000;

let parent: string;
let folder: string;
const decoder = new TextDecoder();

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "record-folder-"));
  folder = join(parent, "records");
});
afterEach(() => rm(parent, { recursive: true }));

function open({ maxBytes = ROOM, log = silentLog } = {}): RecordFolder {
  return new RecordFolder({ folder, maxBytes, log });
}

function begin(journal: BatchJournal, ...begun: string[]): boolean {
  return journal.append({ begun, ended: [] }, MAX_BATCH);
}

/** All that is kept, as lists of what began and what ended, and forgets it if it is told to. */
function contents(journal: BatchJournal, { bytes = 1000, forget = false } = {}): { begun: string[]; ended: string[] } {
  const all = { begun: [] as string[], ended: [] as string[] };
  let after = journal.start;
  for (let piece = journal.read(after, bytes); piece !== undefined; piece = journal.read(after, bytes)) {
    all.begun.push(...piece.begun.flatMap((list) => decoder.decode(list).split(",")));
    all.ended.push(...piece.ended.flatMap((list) => decoder.decode(list).split(",")));
    after = piece.end;
    if (forget) journal.forget(after);
  }
  return all;
}

/** Files of records, with their paths. */
async function files(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".records")).map((name) => join(folder, name));
}

test("nothing is made before there is something to keep", async () => {
  const records = open();
  expect(records.takeOver()).toEqual([]);
  expect(records.of("shop").read(0, 1000)).toBeUndefined();
  await records.close();
  expect(await readdir(parent)).toEqual([]);
});

test("what was appended is read in its order, in pieces of about the size that is asked for", async () => {
  const records = open();
  const journal = records.of("shop");
  const written = Array.from({ length: 500 }, (_, n) => ({
    begun: [`"ä${n}"`],
    ended: n % 2 === 0 ? [`"e${n}"`] : [],
  }));
  for (const batch of written) expect(journal.append(batch, MAX_BATCH)).toBe(true);
  const expected = { begun: written.flatMap(({ begun }) => begun), ended: written.flatMap(({ ended }) => ended) };
  expect(contents(journal, { bytes: 100 })).toEqual(expected);
  expect(contents(journal, { bytes: 1 })).toEqual(expected);
  expect(contents(journal, { bytes: 1_000_000, forget: true })).toEqual(expected);
  expect(journal.start).toBe(journal.end);
  await records.close();
  expect(await readdir(folder)).toEqual([]);
});

test("a batch of more bytes than may be shipped is not kept", async () => {
  const records = open();
  expect(records.of("shop").append({ begun: ["1234567"], ended: ["1234"] }, 10)).toBe(false);
  expect(records.of("shop").append({ begun: ["123456"], ended: ["1234"] }, 10)).toBe(true);
  await records.close();
});

test("what a gateway has left the next one takes over, without what was shipped", async () => {
  const first = open();
  const [shop, bank] = [first.of("shop"), first.of("bank")];
  begin(shop, "1", "2");
  begin(shop, "3");
  begin(bank, "4");
  shop.forget(shop.read(shop.start, 1)?.end ?? 0);
  await first.close();

  const second = open();
  begin(second.of("shop"), "0");
  expect(second.takeOver().toSorted()).toEqual(["bank", "shop"]);
  begin(second.of("shop"), "5");
  expect(contents(second.of("shop"), { forget: true })).toEqual({ begun: ["0", "3", "5"], ended: [] });
  expect(contents(second.of("bank"), { forget: true })).toEqual({ begun: ["4"], ended: [] });
  expect(second.takeOver()).toEqual([]);
  await second.close();
  expect(await readdir(folder)).toEqual([]);
});

test("two gateways that share a folder leave each other's records alone", async () => {
  const [one, two] = [open(), open()];
  begin(one.of("shop"), "1");
  begin(two.of("shop"), "2");
  expect([one.takeOver(), two.takeOver()]).toEqual([[], []]);
  await one.close();
  expect(two.takeOver()).toEqual(["shop"]);
  expect(contents(two.of("shop")).begun.toSorted()).toEqual(["1", "2"]);
  await two.close();
});

test("what else is in the folder is left alone", async () => {
  const records = open();
  begin(records.of("shop"), "1");
  await records.close();
  await writeFile(join(folder, "notes.txt"), "mine");
  const [path = ""] = await files();
  await writeFile(join(path, "..", "other.txt"), "mine as well");
  const { log, lines } = recordingLog();
  const next = open({ log });
  next.takeOver();
  expect(contents(next.of("shop"))).toEqual({ begun: ["1"], ended: [] });
  expect(lines.map(({ message }) => message)).toEqual(["records that a gateway has left cannot be taken over"]);
  expect(await readFile(join(folder, "notes.txt"), "utf8")).toBe("mine");
  await next.close();
});

test("the end of a file that was not written to its end is left out, and said to be", async () => {
  const records = open();
  begin(records.of("shop"), '"whole"');
  await records.close();
  const [path = ""] = await files();
  await appendFile(path, new Uint8Array([0, 0, 0, 200, 1, 2, 3, 4, 0, 0, 0, 1, 65, 66]));
  const { log, lines } = recordingLog();
  const next = open({ log });
  expect(next.takeOver()).toEqual(["shop"]);
  begin(next.of("shop"), '"after"');
  expect(contents(next.of("shop"), { forget: true })).toEqual({ begun: ['"whole"', '"after"'], ended: [] });
  expect(lines).toMatchObject([{ message: "the end of a file of records is left out", bytes: 14 }]);
  await next.close();
  expect(await readdir(folder)).toEqual([]);
});

test("wherever a file is cut off or changed, what is read was written, and nothing is made up", async () => {
  const batches = Array.from({ length: 20 }, (_, n) => `"record ${n}"`);
  const records = open();
  for (const batch of batches) begin(records.of("shop"), batch);
  await records.close();
  const [path = ""] = await files();
  const whole = await readFile(path);
  await rm(folder, { recursive: true });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 96, max: whole.length - 1 }), fc.boolean(), async (at, isCut) => {
      const spoiled = Buffer.from(isCut ? whole.subarray(0, at) : whole);
      if (!isCut) spoiled[at] = (spoiled[at] ?? 0) ^ 0x10;
      const maker = open();
      begin(maker.of("shop"), "0");
      await maker.close();
      const [target = ""] = await files();
      await writeFile(target, spoiled);
      const next = open();
      next.takeOver();
      const { begun } = contents(next.of("shop"), { forget: true });
      await next.close();
      expect(begun).toEqual(batches.slice(0, begun.length));
      expect(await readdir(folder)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("when its room is taken nothing may begin, and what has happened is kept for a while yet", async () => {
  const records = open({ maxBytes: 2000 });
  const journal = records.of("shop");
  const filling = `"${"x".repeat(500)}"`;
  for (let n = 0; n < 3; n++) begin(journal, filling);
  expect(() => begin(records.of("bank"), filling)).toThrow(
    expect.objectContaining({ code: "overloaded", message: expect.stringContaining("gateway.records.maxBytes") }),
  );
  expect(journal.append({ begun: [], ended: [filling] }, MAX_BATCH)).toBe(true);
  expect(() => journal.append({ begun: [], ended: [filling] }, MAX_BATCH)).toThrow(
    expect.objectContaining({ code: "overloaded" }),
  );
  await records.close();
  const next = open({ maxBytes: 2000 });
  next.takeOver();
  expect(() => begin(next.of("shop"), filling)).toThrow(expect.objectContaining({ code: "overloaded" }));
  contents(next.of("shop"), { forget: true });
  expect(begin(next.of("shop"), filling)).toBe(true);
  await next.close();
});

test("files that have been shipped are removed while others are written", async () => {
  const records = open({ maxBytes: 100_000_000 });
  const journal = records.of("shop");
  const large = `"${"x".repeat(500_000)}"`;
  let most = 0;
  for (let n = 0; n < 40; n++) {
    begin(journal, large);
    if (n % 4 === 3) contents(journal, { bytes: 1_000_000, forget: true });
    most = Math.max(most, (await files()).length);
  }
  expect(most).toBeLessThanOrEqual(2);
  const sizes = await Promise.all((await files()).map(async (path) => (await stat(path)).size));
  expect(Math.max(...sizes)).toBeLessThan(5_000_000);
  await records.close();
});

test("a folder that cannot be written says so, and does again what it is asked when it can", async () => {
  await writeFile(folder, "in its way");
  const { log, lines } = recordingLog();
  const records = open({ log });
  expect(records.takeOver()).toEqual([]);
  expect(lines.map(({ message }) => message)).toEqual(["the folder of records cannot be read"]);
  expect(() => begin(records.of("shop"), "1")).toThrow(expect.objectContaining({ code: "worker_unavailable" }));
  await rm(folder);
  expect(begin(records.of("shop"), "1")).toBe(true);
  expect(contents(records.of("shop"))).toEqual({ begun: ["1"], ended: [] });
  await records.close();
});
