import { describe, expect, test } from "vitest";
import { overBroker } from "../../gateway/recording/batch-writer/over-broker.ts";
import { RecordBatches } from "../../gateway/recording/batches.ts";
import { type Broker, EMPTY_MESSAGE, type Message } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import { silentLog } from "../../mesh/log.ts";
import { recordingLog } from "../mesh/recording-log.ts";

/** A batch that somebody waits for. */
interface Asked {
  readonly begun: readonly string[];
  readonly ended: readonly string[];
  answer(error?: MeshError): Promise<void>;
}

/** A recorder that a test answers for, and a clock that it moves; a turn ends at once where a test does not say when. */
function batchesUnderTest({
  maxPayloadBytes = 1_000_000,
  log = silentLog,
  afterTurn = atOnce,
  now = (): number => NOW,
} = {}) {
  const asked: Asked[] = [];
  const timers: Timer[] = [];
  let ended = 0;
  const broker: Pick<Broker, "request" | "maxPayloadBytes"> = {
    maxPayloadBytes,
    request: (_subject, { payload }) =>
      new Promise<Message>((resolve, reject) => {
        const { begun, ended } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, { id: string }[]>;
        asked.push({
          begun: (begun ?? []).map(({ id }) => id),
          ended: (ended ?? []).map(({ id }) => id),
          async answer(error) {
            if (error === undefined) resolve(EMPTY_MESSAGE);
            else reject(error);
            // Whatever follows from it has happened by the next turn.
            await new Promise((next) => setTimeout(next, 0));
          },
        });
      }),
  };
  const batches = new RecordBatches({
    writer: overBroker({ broker: broker as Broker, project: "shop", ackMs: 1000 }),
    project: "shop",
    log,
    clock: { now, after: (ms, run) => startTimer(timers, ms, run), afterTurn },
    onEnded: (count) => (ended += count),
  });
  const record = (id: string, length = 0): string => JSON.stringify({ id, text: "x".repeat(length) });
  return {
    batches,
    asked,
    timers,
    record,
    begin: (id: string, { length = 0, untilMs = Infinity } = {}) => batches.begin(record(id, length), untilMs),
    end: (id: string, { length = 0, untilMs = Infinity } = {}) =>
      batches.end(record(id, length), record(`${id} alone`), untilMs),
    get ended() {
      return ended;
    },
  };
}

interface Timer {
  readonly ms: number;
  run(): void;
}

const NOW = 1_000_000;

/** Timers that were not called off stay in the list, in the order in which they were started. */
function startTimer(timers: Timer[], ms: number, run: () => void): () => void {
  const timer = { ms, run };
  timers.push(timer);
  return () => {
    if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
  };
}

function atOnce(run: () => void): void {
  run();
}

const AWAY = new MeshError("worker_unavailable", "nobody is there");

test("what comes while a batch is under way makes up the next one", async () => {
  const { begin, end, asked } = batchesUnderTest();
  const first = begin("a");
  const others = [begin("b"), end("c"), begin("d")];
  expect(asked.map(({ begun, ended }) => ({ begun, ended }))).toEqual([{ begun: ["a"], ended: [] }]);
  await asked[0]?.answer();
  await first;
  expect(asked[1]).toMatchObject({ begun: ["b", "d"], ended: ["c"] });
  await asked[1]?.answer();
  await Promise.all(others);
  expect(asked).toHaveLength(2);
});

test("nothing is durable before it is acknowledged", async () => {
  const { begin, asked } = batchesUnderTest();
  let isDurable = false;
  const begun = begin("a").then(() => (isDurable = true));
  await new Promise((next) => setTimeout(next, 0));
  expect(isDurable).toBe(false);
  await asked[0]?.answer();
  expect(await begun).toBe(true);
});

test("a batch never exceeds what the broker takes, nor 512 records", async () => {
  const { begin, asked } = batchesUnderTest({ maxPayloadBytes: 64 * 1024 });
  const all = [begin("first")];
  for (let n = 0; n < 30; n++) all.push(begin(`${n}`, { length: 2000 }));
  for (let at = 0; at < asked.length; at++) await asked[at]?.answer();
  await Promise.all(all);
  expect(asked.flatMap(({ begun }) => begun)).toHaveLength(31);
  for (const { begun } of asked) expect(begun.length * 2000 * 3).toBeLessThan(64 * 1024);

  const many = batchesUnderTest();
  const promises = Array.from({ length: 1000 }, (_, n) => many.begin(`${n}`));
  for (let at = 0; at < many.asked.length; at++) await many.asked[at]?.answer();
  await Promise.all(promises);
  expect(many.asked.map(({ begun }) => begun.length)).toEqual([1, 512, 487]);
});

test("when the recorder is away beginnings fail at once, and endings wait, for longer and longer", async () => {
  const { log, lines } = recordingLog();
  const { begin, end, asked, timers } = batchesUnderTest({ log });
  const ended = end("old");
  await asked[0]?.answer(AWAY);
  for (let tries = 1; tries <= 7; tries++) {
    timers.at(-1)?.run();
    await asked[tries]?.answer(AWAY);
  }
  expect(timers.map(({ ms }) => ms)).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);

  const begun = begin("new");
  // The caller waits, so it is tried now, without what waits anyway.
  expect(asked.at(-1)).toMatchObject({ begun: ["new"], ended: [] });
  const [refused] = await Promise.allSettled([begun, asked.at(-1)?.answer(AWAY)]);
  expect(refused).toEqual({ status: "rejected", reason: AWAY });

  timers.at(-1)?.run();
  expect(asked.at(-1)).toMatchObject({ begun: [], ended: ["old"] });
  await asked.at(-1)?.answer();
  await ended;
  const said = lines.map(({ message }) => message);
  expect(said).toEqual(["invocations cannot be recorded", "invocations are recorded again"]);
});

test("a beginning that gets through takes along the endings that waited", async () => {
  const { begin, end, asked } = batchesUnderTest();
  const ended = end("old");
  await asked[0]?.answer(AWAY);
  const begun = begin("new");
  await asked[1]?.answer();
  await begun;
  expect(asked[2]).toMatchObject({ begun: [], ended: ["old"] });
  await asked[2]?.answer();
  await ended;
});

test("a record that nobody takes does not keep the others of its batch from being recorded", async () => {
  const { begin, end, asked } = batchesUnderTest();
  const first = begin("first");
  const names = ["a", "b", "bad", "c", "d"];
  const results = Promise.allSettled(names.map((name) => begin(name)));
  const ending = end("e");
  await asked[0]?.answer();
  const refusal = new MeshError("invalid_request", "no");
  for (let at = 1; at < asked.length; at++) {
    await asked[at]?.answer(asked[at]?.begun.includes("bad") === true ? refusal : undefined);
  }
  await first;
  await ending;
  expect((await results).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
});

test("after closing nothing is tried again", async () => {
  const { batches, end, asked, timers } = batchesUnderTest();
  void end("a");
  await asked[0]?.answer(AWAY);
  batches.close();
  timers[0]?.run();
  expect(asked).toHaveLength(1);
});

test("what comes within one turn goes together", async () => {
  const turn = Promise.withResolvers<void>();
  const { begin, end, asked } = batchesUnderTest({ afterTurn: (run) => void turn.promise.then(run) });
  const all = [begin("a"), end("b"), begin("c")];
  expect(asked).toEqual([]);
  turn.resolve();
  await turn.promise;
  expect(asked).toMatchObject([{ begun: ["a", "c"], ended: ["b"] }]);
  await asked[0]?.answer();
  await Promise.all(all);
});

test("whoever waits is told when its time is over, and an ending is recorded all the same", async () => {
  let now = NOW;
  const { begin, end, asked, timers } = batchesUnderTest({ now: () => now });
  const waiting = [
    begin("a", { untilMs: NOW + 300 }),
    end("b", { untilMs: NOW + 200 }),
    begin("c", { untilMs: NOW + 100 }),
  ];
  // One timer, for whoever is the first.
  expect(timers.map(({ ms }) => ms)).toEqual([100]);
  now += 250;
  timers[0]?.run();
  expect(await Promise.all(waiting.slice(1))).toEqual([false, false]);
  expect(timers.at(-1)?.ms).toBe(50);
  await asked[0]?.answer();
  expect(await waiting[0]).toBe(true);
  expect(asked[1]).toMatchObject({ begun: ["c"], ended: ["b"] });
  await asked[1]?.answer();
});

test("an answer that nobody takes is left out, and the ending recorded without it", async () => {
  const underTest = batchesUnderTest();
  const ended = underTest.end("a");
  await underTest.asked[0]?.answer(new MeshError("payload_too_large", "no"));
  expect(underTest.asked[1]).toMatchObject({ ended: ["a alone"] });
  expect(underTest.ended).toBe(0);
  await underTest.asked[1]?.answer();
  expect(await ended).toBe(true);
  expect(underTest.ended).toBe(1);
});

describe("when the recorder has no room for beginnings", () => {
  const FULL = new MeshError("overloaded", "no room");

  test("they are refused, and the endings beside them are recorded by themselves, at once", async () => {
    const { log, lines } = recordingLog();
    const { begin, end, asked, timers } = batchesUnderTest({ log });
    const first = begin("first");
    const [refused, ended] = [begin("a"), end("b")];
    await asked[0]?.answer();
    await first;
    expect(asked[1]).toMatchObject({ begun: ["a"], ended: ["b"] });
    const [outcome] = await Promise.allSettled([refused, asked[1]?.answer(FULL)]);
    expect(outcome).toEqual({ status: "rejected", reason: FULL });
    expect(asked[2]).toMatchObject({ begun: [], ended: ["b"] });
    await asked[2]?.answer();
    expect(await ended).toBe(true);
    expect(timers).toEqual([]);
    expect(lines.map(({ message }) => message)).toEqual(["invocations cannot be recorded"]);
  });

  test("neither keeps the other waiting, and when there is room they go together again", async () => {
    const { log, lines } = recordingLog();
    const { begin, end, asked } = batchesUnderTest({ log });
    await Promise.allSettled([begin("first"), asked[0]?.answer(FULL)]);
    const probe = begin("probe");
    const waiting = Promise.allSettled([end("a"), begin("b"), end("c"), begin("d")]);
    await Promise.allSettled([probe, asked[1]?.answer(FULL)]);
    expect(asked[2]).toMatchObject({ begun: [], ended: ["a", "c"] });
    const late = [end("e"), begin("f")];
    await asked[2]?.answer();
    expect(asked[3]).toMatchObject({ begun: ["b", "d", "f"], ended: [] });
    const together = [begin("g"), end("h")];
    await asked[3]?.answer();
    expect(asked[4]).toMatchObject({ begun: ["g"], ended: ["e", "h"] });
    await asked[4]?.answer();
    await Promise.all([...late, ...together]);
    expect((await waiting).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => "fulfilled"));
    const said = lines.map(({ message }) => message);
    expect(said).toEqual(["invocations cannot be recorded", "invocations are recorded again"]);
  });

  test("and none for endings either, these wait until there is", async () => {
    const { end, asked, timers } = batchesUnderTest();
    const ended = end("a");
    await asked[0]?.answer(FULL);
    expect(timers.map(({ ms }) => ms)).toEqual([50]);
    timers[0]?.run();
    await asked[1]?.answer();
    expect(await ended).toBe(true);
  });
});
