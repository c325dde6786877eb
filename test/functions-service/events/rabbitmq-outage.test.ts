import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rabbitmqSink } from "../../../functions-service/events/rabbitmq.ts";
import { startProjector } from "../../../functions-service/events/projector.ts";
import { Relay } from "../../../functions-service/events/relay.ts";
import type { Sink } from "../../../functions-service/events/sink.ts";
import type { Journal, Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import { usePostgres } from "../../support/postgres.ts";
import { START_MS, useRabbitmq } from "../../support/rabbitmq.ts";
import { postgresPlace, sqlitePlace } from "../store-place.ts";
import { backlogOf, misheard, recordInvocations, untilTold, withoutRepetitions } from "./events.ts";
import { bindQueue, idsOf, takeAll, withChannel } from "./receiver.ts";

const QUEUE = "all";
const RELAY = fileURLToPath(new URL("fixtures/relay-process.ts", import.meta.url));
const ROUNDS = 20;

const rabbitmq = useRabbitmq();
const postgres = usePostgres();

let stack: CloseStack;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  store = await stack.use(await sqlitePlace()).open();
  await bindQueue(rabbitmq.server.url, { queue: QUEUE });
  await withChannel(rabbitmq.server.url, (channel) => channel.purgeQueue(QUEUE));
});
afterEach(() => stack.close());

const untilAllTold = (): Promise<void> => untilTold(store.journal, { timeout: START_MS });
const backlog = (): Promise<number> => backlogOf(store.journal, "rabbitmq");

/** Relays to RabbitMQ; gives what is logged. */
async function startRelay(options: { url?: string } = {}): Promise<{ relay: Relay; sink: Sink; lines: string[] }> {
  const { url = rabbitmq.server.url } = options;
  const lines: string[] = [];
  const log = jsonLog((line) => void lines.push(line));
  const { journal } = store;
  stack.use(startProjector({ journal, log, pollMs: 10 }));
  const sink = stack.use(rabbitmqSink({ url, log }));
  const relay = stack.use(new Relay({ journal, sinks: [sink], log, pollMs: 10 }));
  await relay.start();
  return { relay, sink, lines };
}

/** Invocations, a few each moment until told to stop; gives the ids of their notices. */
function recordSteadily(into: Journal, stop: AbortSignal): Promise<[string, string][]> {
  const record = async (): Promise<[string, string][]> => {
    const all: [string, string][] = [];
    while (!stop.aborted) {
      all.push(...(await recordInvocations(into, 10)));
      await pause(10, stop);
    }
    return all;
  };
  return record();
}

test.each(["stop", "kill"] as const)(
  "RabbitMQ goes away under load (%s) and comes back: every event arrives, in order for each invocation",
  async (end) => {
    const { lines } = await startRelay();
    const stop = new AbortController();
    const recorded = recordSteadily(store.journal, stop.signal);
    await vi.waitFor(async () => expect(await queueLength()).toBeGreaterThan(200), { timeout: START_MS });
    await rabbitmq.server[end]();
    await vi.waitFor(async () => expect(await backlog()).toBeGreaterThan(500), { timeout: START_MS });
    expect(lines.join("\n")).toContain("events cannot be delivered");
    await rabbitmq.server.start();
    await vi.waitFor(() => expect(lines.join("\n")).toContain("events are delivered again"), { timeout: START_MS });
    stop.abort();
    const expected = await recorded;
    await untilAllTold();
    const ids = idsOf(await takeAll(rabbitmq.server.url, QUEUE));
    expect(misheard(ids, expected)).toEqual([]);
    expect(withoutRepetitions(ids)).toHaveLength(2 * expected.length);
    expect(lines.join("\n")).not.toContain(new URL(rabbitmq.server.url).password);
  },
  3 * START_MS,
);

test(
  "RabbitMQ hangs: the heartbeat finds out, and closing does not hang along",
  async () => {
    const { relay, sink, lines } = await startRelay({ url: `${rabbitmq.server.url}?heartbeat=1` });
    await recordInvocations(store.journal, 10);
    await untilAllTold();
    rabbitmq.server.freeze();
    await recordInvocations(store.journal, 10);
    await vi.waitFor(() => expect(lines.join("\n")).toContain("Heartbeat timeout"), { timeout: START_MS });
    await relay.close();
    await sink.close();
    expect(await backlog()).toBe(20);
    await rabbitmq.server.kill();
    await rabbitmq.server.start();
  },
  3 * START_MS,
);

test.each(["SQLite", "PostgreSQL"])(
  `of two relays of a journal in %s one is killed ${ROUNDS} times in the middle: the other goes on, and nothing is lost`,
  async (kind) => {
    const place = stack.use(await (kind === "SQLite" ? sqlitePlace() : postgresPlace(postgres.url)));
    const { journal } = await place.open();
    await journal.sinks.keep(["rabbitmq"]);
    const stop = new AbortController();
    const recorded = recordSteadily(journal, stop.signal);
    const relays = [startRelayProcess(place.url), startRelayProcess(place.url)];
    for (let round = 0; round < ROUNDS; round++) {
      const before = await queueLength();
      await vi.waitFor(async () => expect(await queueLength()).toBeGreaterThan(before), {
        timeout: START_MS,
        interval: 5,
      });
      await kill(relays.shift());
      relays.push(startRelayProcess(place.url));
    }
    stop.abort();
    const expected = await recorded;
    await untilTold(journal, { timeout: START_MS });
    for (const relay of relays) await kill(relay);
    const ids = idsOf(await takeAll(rabbitmq.server.url, QUEUE));
    expect(misheard(ids, expected)).toEqual([]);
    expect(withoutRepetitions(ids)).toHaveLength(2 * expected.length);
  },
  3 * START_MS,
);

function startRelayProcess(storeUrl: string): ChildProcess {
  return spawn(process.execPath, [RELAY, storeUrl, rabbitmq.server.url], { stdio: "ignore" });
}

async function kill(relay: ChildProcess | undefined): Promise<void> {
  if (relay === undefined) throw new Error("there is no relay to kill");
  relay.kill("SIGKILL");
  await once(relay, "exit");
}

async function queueLength(): Promise<number> {
  return withChannel(rabbitmq.server.url, async (channel) => (await channel.checkQueue(QUEUE)).messageCount);
}
