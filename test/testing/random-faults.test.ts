import { expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import { jsonLog } from "../../mesh/log.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import type { Context } from "../../worker-service/context.ts";
import { chance } from "../../testing/faults/chance.ts";
import { countArrivals, pause, wrongCounts } from "./counts.ts";
import { violationsOfSeeds } from "./seeds.ts";
import { type FaultOptions, type TestMesh, simulate, testMesh } from "../../testing/test-mesh.ts";

const SEEDS = 300;
const CALLS = 16;
/** How much later than its deadline a call may end on a machine that has other things to do. */
const LATE_MS = 2_000;

const ledger = defineService("ledger", {
  double: ({ number }: { number: number }) => number * 2,
  slowly: async ({ number }: { number: number }) => {
    await pause(number % 8);
    return number * 2;
  },
  refuse: () => {
    throw new PublicError("no", { status: 409, reason: "refused" });
  },
});

const front = defineService("front", {
  relay: ({ number }: { number: number }, context: Context) => context.call("ledger", "slowly", { number }),
});

const FUNCTIONS = ["ledger.double", "ledger.slowly", "ledger.refuse", "front.relay"] as const;

/** What a call may end with under faults, besides its result. */
const ENDINGS = ["deadline_exceeded", "broker_unavailable", "aborted"];

/** The faults of a seed: some of every kind, and often none of one. */
function faultsOf(seed: number): FaultOptions {
  const share = (what: string, most: number): number => Math.max(0, chance(seed, what) * 2 * most - most);
  return {
    seed,
    loss: { requests: share("requests", 0.3), replies: share("replies", 0.3) },
    delayMs: [0, share("delay", 12)],
    duplicate: share("twice", 0.4),
    ...(chance(seed, "dies") < 0.5 && {
      brokerDeath: { atMessage: 1 + Math.floor(chance(seed, "when") * 40), forMs: chance(seed, "for") * 30 },
    }),
  };
}

interface Ended {
  readonly name: string;
  readonly number: number;
  readonly outcome: unknown;
  readonly lateMs: number;
}

async function callOnce(mesh: TestMesh, seed: number, number: number): Promise<Ended> {
  const draw = (what: string): number => chance(seed, `${what} of call ${number}`);
  const name = FUNCTIONS[Math.floor(draw("name") * FUNCTIONS.length)] ?? FUNCTIONS[0];
  const timeoutMs = Math.ceil(10 + draw("time") * 60);
  await pause(draw("start") * 30);
  const caller = new AbortController();
  const leave = setTimeout(
    () => caller.abort("aborted"),
    draw("patience") < 0.2 ? draw("leaves") * 30 : timeoutMs * 100,
  );
  const startedAt = performance.now();
  const outcome = await mesh.call(name, { number }, { timeoutMs, signal: caller.signal }).catch((error: unknown) => {
    if (!(error instanceof MeshError)) return error;
    return error.code === "function_failed" ? error.reason : error.code;
  });
  clearTimeout(leave);
  return { name, number, outcome, lateMs: performance.now() - startedAt - timeoutMs };
}

/** What must not be, of one mesh under the faults of one seed. */
async function violations(seed: number): Promise<string[]> {
  const faults = simulate(faultsOf(seed));
  const lines: string[] = [];
  const log = jsonLog((line) => void lines.push(line), { level: "warn" });
  const mesh = await testMesh({ services: [ledger, front], faults, log });
  const arrived = countArrivals(mesh, FUNCTIONS);
  const ended = await Promise.all(Array.from({ length: CALLS }, (_, number) => callOnce(mesh, seed, number)));
  const found = ended.flatMap((call) => wrongEnding(call));
  for (const { name, lateMs } of ended) if (lateMs > LATE_MS) found.push(`${name} ended ${lateMs} ms late`);

  found.push(...(await wrongCounts(mesh, faults, { services: ["ledger", "front"], arrived })));
  await mesh.close();
  for (const line of lines) {
    if (line.includes("still runs") || line.includes('"internal"')) found.push(line);
  }
  return found.length === 0 ? [] : [...found, String(faults)];
}

function wrongEnding({ name, number, outcome }: Ended): string[] {
  const right = name === "ledger.refuse" ? "refused" : number * 2;
  // What a relay's own call came to is what the relay came to.
  const isFine = outcome === right || ENDINGS.includes(String(outcome));
  return isFine ? [] : [`${name}(${number}) ended with ${String(outcome)}`];
}

test(`${SEEDS} seeds of faults: every call ends once, in time and with its own answer; workers count right and drain`, async () => {
  expect(await violationsOfSeeds(SEEDS, violations)).toBe("");
}, 60_000);
