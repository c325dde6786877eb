import { expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import { chance } from "../../testing/faults/chance.ts";
import { countArrivals, pause, wrongCounts } from "./counts.ts";
import { violationsOfSeeds } from "./seeds.ts";
import { type FaultOptions, type TestMesh, simulate, testMesh } from "../../testing/test-mesh.ts";
import { defineService } from "../../worker-service/service.ts";

const SEEDS = 150;
const STREAMS = 6;
/** How much later than its reader's patience a stream may end on a machine that has other things to do. */
const LATE_MS = 2_000;

const counter = defineService("counter", {
  // Up to some hundred kilobytes: more than may be under way unread.
  count: async function* ({ to }: { to: number }) {
    for (let number = 0; number < to; number++) {
      if (number % 3 === 2) await pause(1);
      yield { number, filler: "x".repeat((number * 7_001) % 20_000) };
    }
  },
});

/** What reading may end with under faults, besides the end. */
const ENDINGS = ["deadline_exceeded", "broker_unavailable", "bad_reply", "aborted"];

/** Whether a seed only delays messages. */
const isHarmless = (seed: number): boolean => seed % 2 === 0;

/** The faults of a seed. */
function faultsOf(seed: number): FaultOptions {
  const delayMs = [0, chance(seed, "delay") * 5] as const;
  if (isHarmless(seed)) return { seed, delayMs };
  const brokerDeath = { atMessage: 1 + Math.floor(chance(seed, "when") * 80), forMs: chance(seed, "for") * 30 };
  return { seed, delayMs, loss: chance(seed, "loss") * 0.1, duplicate: chance(seed, "twice") * 0.4, brokerDeath };
}

/** What is wrong with one stream and how it was read. */
async function readOnce(mesh: TestMesh, seed: number, index: number): Promise<string[]> {
  const draw = (what: string): number => chance(seed, `${what} of stream ${index}`);
  const to = Math.floor(draw("length") * 40);
  const leavesAt = draw("leaves") < 0.2 ? 3 : Number.POSITIVE_INFINITY;
  const patienceMs = 100 + draw("patience") * 100;
  const reader = new AbortController();
  const timer = setTimeout(() => reader.abort("aborted"), patienceMs);
  const startedAt = performance.now();
  const found: string[] = [];
  let next = 0;
  try {
    const items = await mesh.call("counter.count", { to }, { timeoutMs: 80, signal: reader.signal });
    for await (const { number } of items as AsyncIterable<{ number: number }>) {
      if (number !== next++) found.push(`item ${number} came as number ${next - 1}`);
      if (next === leavesAt) break;
    }
    if (next !== to && next !== leavesAt) found.push(`the stream to ${to} ended at ${next} without an error`);
  } catch (error) {
    const ending = error instanceof MeshError ? error.code : String(error);
    if (!ENDINGS.includes(ending)) found.push(`the stream to ${to} ended with ${ending}`);
  }
  clearTimeout(timer);
  const lateMs = performance.now() - startedAt - patienceMs;
  if (lateMs > LATE_MS) found.push(`the stream to ${to} ended ${lateMs} ms late`);
  return found;
}

/** What must not be, of one mesh under the faults of one seed. */
async function violations(seed: number): Promise<string[]> {
  const faults = simulate(faultsOf(seed));
  const mesh = await testMesh({ services: [counter], faults });
  const arrived = countArrivals(mesh, ["counter.count"]);
  const found = (await Promise.all(Array.from({ length: STREAMS }, (_, index) => readOnce(mesh, seed, index)))).flat();
  // When messages get lost, the two sides find out about each other by silence, which takes longer than a test.
  if (isHarmless(seed)) {
    found.push(...(await wrongCounts(mesh, faults, { services: ["counter"], arrived })));
  }
  await mesh.close();
  return found.length === 0 ? [] : [...found, String(faults)];
}

test(`${SEEDS} seeds of faults: a stream comes in order and whole, or ends with an error, when its reader says at the latest`, async () => {
  expect(await violationsOfSeeds(SEEDS, violations)).toBe("");
}, 60_000);
