import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rabbitmqSink } from "../../../functions-service/events/rabbitmq.ts";
import { Relay } from "../../../functions-service/events/relay.ts";
import { wakingEvents } from "../../../functions-service/events/waking-events.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { EventStore, Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import { START_MS, useRabbitmq } from "../../support/rabbitmq.ts";
import { misheard, recordInvocations, withoutRepetitions } from "./events.ts";
import { bindQueue, idsOf, takeAll, withChannel } from "./receiver.ts";

const QUEUE = "all";
const RELAY = fileURLToPath(new URL("fixtures/relay-process.ts", import.meta.url));
const ROUNDS = 20;

const rabbitmq = useRabbitmq();

let stack: CloseStack;
let file: string;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  const directory = await mkdtemp(join(tmpdir(), "fmesh-relay-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  file = join(directory, "functions.db");
  store = stack.use(await openSqliteStore(file, silentLog));
  await bindQueue(rabbitmq.server.url, { queue: QUEUE });
  await withChannel(rabbitmq.server.url, (channel) => channel.purgeQueue(QUEUE));
});
afterEach(() => stack.close());

const untilEmpty = (): Promise<void> =>
  vi.waitFor(async () => expect((await store.outbox.backlog()).count).toBe(0), { timeout: START_MS, interval: 20 });

/** Invocations, a few each moment until told to stop; gives the ids of their notices. */
function recordSteadily(into: EventStore, stop: AbortSignal): Promise<[string, string][]> {
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
    const lines: string[] = [];
    const log = jsonLog((line) => void lines.push(line));
    const sink = stack.use(rabbitmqSink({ url: rabbitmq.server.url, log }));
    const relay = stack.use(new Relay({ outbox: store.outbox, sinks: [sink], log, pollMs: 100 }));
    relay.start();
    const stop = new AbortController();
    const recorded = recordSteadily(
      wakingEvents(store.events, () => relay.wake()),
      stop.signal,
    );
    await vi.waitFor(async () => expect((await relay.metrics()).sinks["rabbitmq"]?.published).toBeGreaterThan(200), {
      timeout: START_MS,
    });
    await rabbitmq.server[end]();
    await vi.waitFor(async () => expect((await store.outbox.backlog()).count).toBeGreaterThan(500), {
      timeout: START_MS,
    });
    expect((await relay.metrics()).sinks["rabbitmq"]?.isFailing).toBe(true);
    await rabbitmq.server.start();
    await vi.waitFor(() => expect(lines.join("\n")).toContain("events are delivered again"), { timeout: START_MS });
    stop.abort();
    const expected = await recorded;
    await untilEmpty();
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
    const lines: string[] = [];
    const log = jsonLog((line) => void lines.push(line));
    const sink = stack.use(rabbitmqSink({ url: `${rabbitmq.server.url}?heartbeat=1`, log }));
    const relay = stack.use(new Relay({ outbox: store.outbox, sinks: [sink], log, pollMs: 10 }));
    await recordInvocations(store.events, 10);
    relay.start();
    await untilEmpty();
    rabbitmq.server.freeze();
    await recordInvocations(store.events, 10);
    await vi.waitFor(() => expect(lines.join("\n")).toContain("Heartbeat timeout"), { timeout: START_MS });
    await relay.close();
    await sink.close();
    expect((await store.outbox.backlog()).count).toBe(20);
    await rabbitmq.server.kill();
    await rabbitmq.server.start();
  },
  3 * START_MS,
);

test(
  `a relay that is killed ${ROUNDS} times in the middle loses nothing`,
  async () => {
    const stop = new AbortController();
    const recorded = recordSteadily(store.events, stop.signal);
    for (let round = 0; round < ROUNDS; round++) {
      const before = await queueLength();
      const relay = startRelayProcess();
      await vi.waitFor(async () => expect(await queueLength()).toBeGreaterThan(before), {
        timeout: START_MS,
        interval: 5,
      });
      relay.kill("SIGKILL");
      await once(relay, "exit");
    }
    stop.abort();
    const expected = await recorded;
    const relay = startRelayProcess();
    await untilEmpty();
    relay.kill("SIGKILL");
    await once(relay, "exit");
    const ids = idsOf(await takeAll(rabbitmq.server.url, QUEUE));
    expect(misheard(ids, expected)).toEqual([]);
    expect(withoutRepetitions(ids)).toHaveLength(2 * expected.length);
  },
  3 * START_MS,
);

function startRelayProcess(): ChildProcess {
  return spawn(process.execPath, [RELAY, file, rabbitmq.server.url], { stdio: "ignore" });
}

async function queueLength(): Promise<number> {
  return withChannel(rabbitmq.server.url, async (channel) => (await channel.checkQueue(QUEUE)).messageCount);
}
