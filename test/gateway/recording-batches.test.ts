import { expect, test } from "vitest";
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

/** A recorder that a test answers for, and a clock that it moves. */
function batchesUnderTest({ maxPayloadBytes = 1_000_000, log = silentLog } = {}) {
  const asked: Asked[] = [];
  const timers: { readonly ms: number; run(): void }[] = [];
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
    broker: broker as Broker,
    project: "shop",
    log,
    ackMs: 1000,
    after: (ms, run) => void timers.push({ ms, run }),
  });
  const record = (id: string, length = 0): string => JSON.stringify({ id, text: "x".repeat(length) });
  return { batches, asked, timers, record };
}

const AWAY = new MeshError("worker_unavailable", "nobody is there");

test("what comes while a batch is under way makes up the next one", async () => {
  const { batches, asked, record } = batchesUnderTest();
  const first = batches.begin(record("a"));
  const others = [batches.begin(record("b")), batches.end(record("c")), batches.begin(record("d"))];
  expect(asked.map(({ begun, ended }) => ({ begun, ended }))).toEqual([{ begun: ["a"], ended: [] }]);
  await asked[0]?.answer();
  await first;
  expect(asked[1]).toMatchObject({ begun: ["b", "d"], ended: ["c"] });
  await asked[1]?.answer();
  await Promise.all(others);
  expect(asked).toHaveLength(2);
});

test("nothing is durable before it is acknowledged", async () => {
  const { batches, asked, record } = batchesUnderTest();
  let isDurable = false;
  const begun = batches.begin(record("a")).then(() => (isDurable = true));
  await new Promise((next) => setTimeout(next, 0));
  expect(isDurable).toBe(false);
  await asked[0]?.answer();
  expect(await begun).toBe(true);
});

test("a batch never exceeds what the broker takes, nor 512 records", async () => {
  const { batches, asked, record } = batchesUnderTest({ maxPayloadBytes: 64 * 1024 });
  const all = [batches.begin(record("first"))];
  for (let n = 0; n < 30; n++) all.push(batches.begin(record(`${n}`, 2000)));
  for (let at = 0; at < asked.length; at++) await asked[at]?.answer();
  await Promise.all(all);
  expect(asked.flatMap(({ begun }) => begun)).toHaveLength(31);
  for (const { begun } of asked) expect(begun.length * 2000 * 3).toBeLessThan(64 * 1024);

  const many = batchesUnderTest();
  const promises = Array.from({ length: 1000 }, (_, n) => many.batches.begin(record(`${n}`)));
  for (let at = 0; at < many.asked.length; at++) await many.asked[at]?.answer();
  await Promise.all(promises);
  expect(many.asked.map(({ begun }) => begun.length)).toEqual([1, 512, 487]);
});

test("when the recorder is away beginnings fail at once, and endings wait, for longer and longer", async () => {
  const { log, lines } = recordingLog();
  const { batches, asked, timers, record } = batchesUnderTest({ log });
  const ended = batches.end(record("old"));
  await asked[0]?.answer(AWAY);
  for (let tries = 1; tries <= 7; tries++) {
    timers.at(-1)?.run();
    await asked[tries]?.answer(AWAY);
  }
  expect(timers.map(({ ms }) => ms)).toEqual([50, 100, 200, 400, 800, 1000, 1000, 1000]);

  const begun = batches.begin(record("new"));
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
  const { batches, asked, record } = batchesUnderTest();
  const ended = batches.end(record("old"));
  await asked[0]?.answer(AWAY);
  const begun = batches.begin(record("new"));
  await asked[1]?.answer();
  await begun;
  expect(asked[2]).toMatchObject({ begun: [], ended: ["old"] });
  await asked[2]?.answer();
  await ended;
});

test("a record that nobody takes does not keep the others of its batch from being recorded", async () => {
  const { batches, asked, record } = batchesUnderTest();
  const first = batches.begin(record("first"));
  const names = ["a", "b", "bad", "c", "d"];
  const results = Promise.allSettled(names.map((name) => batches.begin(record(name))));
  const ending = batches.end(record("e"));
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
  const { batches, asked, timers, record } = batchesUnderTest();
  void batches.end(record("a"));
  await asked[0]?.answer(AWAY);
  batches.close();
  timers[0]?.run();
  expect(asked).toHaveLength(1);
});
