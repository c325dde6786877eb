import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecordShipper } from "../../gateway/recording/record-shipper.ts";
import { RecordFolder } from "../../gateway/runtime/record-journal.ts";
import { type Broker, EMPTY_MESSAGE, type Message } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import { silentLog } from "../../mesh/log.ts";
import { recordingLog } from "../mesh/recording-log.ts";

/** A piece that somebody waits for. */
interface Asked {
  readonly begun: readonly Record[];
  readonly ended: readonly Record[];
  answer(error?: MeshError): Promise<void>;
}

interface Record {
  readonly id: string;
  readonly payload?: string;
}

const AWAY = new MeshError("worker_unavailable", "nobody is there");
const FULL = new MeshError("overloaded", "no room");
const REFUSED = new MeshError("invalid_request", "no");

let folder: string;
let records: RecordFolder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "record-shipper-"));
  records = new RecordFolder({ folder, maxBytes: 100_000_000, log: silentLog });
});
afterEach(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

/** A shipper, a functions service that a test answers for, and a clock that it moves. */
function shipperUnderTest({ log = silentLog } = {}) {
  const asked: Asked[] = [];
  const timers: { readonly ms: number; run(): void }[] = [];
  const broker: Pick<Broker, "request" | "maxPayloadBytes"> = {
    maxPayloadBytes: 200_000,
    request: (_subject, { payload }) =>
      new Promise<Message>((resolve, reject) => {
        const { begun = [], ended = [] } = JSON.parse(new TextDecoder().decode(payload)) as Partial<Asked>;
        asked.push({
          begun,
          ended,
          async answer(error) {
            if (error === undefined) resolve(EMPTY_MESSAGE);
            else reject(error);
            await nextTurn();
          },
        });
      }),
  };
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { ms, run };
    timers.push(timer);
    return () => {
      if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
    };
  };
  const journal = records.of("shop");
  const shipper = new RecordShipper({
    broker: broker as Broker,
    project: "shop",
    journal,
    log,
    ackMs: 1000,
    clock: { now: () => 0, after, afterTurn: (run) => run() },
  });
  return {
    shipper,
    journal,
    asked,
    timers,
    begin: (id: string, payload?: string) => add({ begun: [record(id, payload)], ended: [] }),
    end: (id: string) => add({ begun: [], ended: [record(id)] }),
    /** Lets the time pass that the last timer waits for. */
    pass: async (): Promise<number | undefined> => {
      const timer = timers.pop();
      timer?.run();
      await nextTurn();
      return timer?.ms;
    },
  };

  function add(batch: { begun: string[]; ended: string[] }): void {
    journal.append(batch, 1_000_000);
    shipper.wake();
  }
}

function record(id: string, payload?: string): string {
  return JSON.stringify({ id, payload });
}

function idsOf(asked: Asked | undefined): readonly (readonly string[])[] {
  return [asked?.begun, asked?.ended].map((list = []) => list.map(({ id }) => id));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

test("what is appended within a moment is shipped together, and forgotten when that is acknowledged", async () => {
  const { begin, end, asked, journal, pass } = shipperUnderTest();
  begin("a");
  begin("b");
  end("a");
  expect(asked).toEqual([]);
  expect(await pass()).toBe(20);
  expect(asked.map(idsOf)).toEqual([[["a", "b"], ["a"]]]);
  expect(journal.start).toBeLessThan(journal.end);
  await asked[0]?.answer();
  expect(journal.start).toBe(journal.end);
});

test("much is shipped at once, one piece after the other", async () => {
  const { begin, asked, journal } = shipperUnderTest();
  for (let n = 0; n < 30; n++) begin(`${n}`, "x".repeat(20_000));
  await nextTurn();
  for (let at = 0; at < 10; at++) {
    expect(asked.length).toBeLessThanOrEqual(at + 1);
    await asked[at]?.answer();
  }
  const shipped = asked.flatMap(({ begun }) => begun.map(({ id }) => Number(id)));
  expect(shipped).toEqual(Array.from({ length: shipped.length }, (_, n) => n));
  expect(shipped.length).toBeGreaterThan(20);
  expect(journal.end - journal.start).toBeLessThan(200_000);
});

test("where many come they are gathered for longer, until fewer do", async () => {
  const { begin, asked, pass } = shipperUnderTest();
  begin("a", "x".repeat(100_000));
  expect(await pass()).toBe(20);
  await asked[0]?.answer();
  begin("b");
  expect(await pass()).toBe(60);
  await asked[1]?.answer();
  begin("c");
  expect(await pass()).toBe(20);
});

test("while the functions service is away it is tried for longer and longer, and nothing is lost", async () => {
  const { log, lines } = recordingLog();
  const { begin, asked, journal, pass } = shipperUnderTest({ log });
  begin("a");
  await pass();
  const pauses: (number | undefined)[] = [];
  for (let tries = 0; tries < 7; tries++) {
    await asked[tries]?.answer(AWAY);
    pauses.push(await pass());
  }
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
  begin("b");
  await asked[7]?.answer();
  await pass();
  await asked[8]?.answer();
  expect(asked.slice(7).map(idsOf)).toEqual([
    [["a"], []],
    [["b"], []],
  ]);
  expect(journal.start).toBe(journal.end);
  const said = lines.map(({ message }) => message);
  expect(said).toEqual(["records of invocations wait in the gateway", "records of invocations are shipped again"]);
});

test("whoever asks for records makes them be shipped, and waits no longer than it says", async () => {
  const { shipper, begin, asked, timers, pass } = shipperUnderTest();
  await shipper.caughtUp(1000);
  begin("a");
  let isCaughtUp = false;
  const first = shipper.caughtUp(1000).then(() => (isCaughtUp = true));
  await nextTurn();
  expect(idsOf(asked[0])).toEqual([["a"], []]);
  expect(isCaughtUp).toBe(false);
  // What comes later it need not wait for.
  begin("b");
  await asked[0]?.answer();
  await first;
  const second = shipper.caughtUp(700);
  await nextTurn();
  timers.find(({ ms }) => ms === 700)?.run();
  await second;
  await asked[1]?.answer();
  await pass();
});

test("while there is no room nothing may begin, and the ends of what began before go ahead, once", async () => {
  const { shipper, begin, end, asked, pass } = shipperUnderTest();
  begin("a");
  await pass();
  await asked[0]?.answer();
  expect(shipper.refusal).toBeUndefined();
  begin("b");
  end("a");
  await pass();
  expect(idsOf(asked[1])).toEqual([["b"], ["a"]]);
  await asked[1]?.answer(FULL);
  expect(shipper.refusal).toBe(FULL);
  expect(idsOf(asked[2])).toEqual([[], ["a"]]);
  await asked[2]?.answer();
  end("b");
  await pass();
  expect(idsOf(asked[3])).toEqual([["b"], ["a", "b"]]);
  await asked[3]?.answer(FULL);
  expect(idsOf(asked[4])).toEqual([[], ["b"]]);
  await asked[4]?.answer();
  await pass();
  await asked[5]?.answer();
  expect(idsOf(asked[5])).toEqual([["b"], ["a", "b"]]);
  expect(shipper.refusal).toBeUndefined();
});

test("a record that nobody takes does not keep the others from being recorded", async () => {
  const { log, lines } = recordingLog();
  const { begin, end, asked, journal, pass } = shipperUnderTest({ log });
  const taken: string[] = [];
  for (const id of ["a", "b", "large", "bad", "c"]) begin(id, id === "large" ? "too much" : undefined);
  end("a");
  await pass();
  for (let at = 0; at < asked.length; at++) {
    const all = [...(asked[at]?.begun ?? []), ...(asked[at]?.ended ?? [])];
    const isTaken = all.every(({ id, payload }) => id !== "bad" && payload === undefined);
    if (isTaken) taken.push(...all.map(({ id }) => id));
    await asked[at]?.answer(isTaken ? undefined : REFUSED);
  }
  expect(taken.toSorted()).toEqual(["a", "a", "b", "c", "large"]);
  expect(journal.start).toBe(journal.end);
  expect(lines.map(({ message }) => message)).toEqual(["a call's record is not taken by anybody; it is left out"]);
});

test("after closing nothing is tried again, and what is left is kept", async () => {
  const { shipper, begin, asked, journal, timers, pass } = shipperUnderTest();
  begin("a");
  await pass();
  await asked[0]?.answer(AWAY);
  shipper.close();
  await nextTurn();
  begin("b");
  expect(timers).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(journal.start).toBeLessThan(journal.end);
});
