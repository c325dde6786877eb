/**
 * How many events the relay tells per second: from a journal in SQLite and in PostgreSQL to a real RabbitMQ with a durable
 * queue, and to NATS, where somebody listens and where nobody does; in one process with the store, as the functions service
 * is. Prints the relay's own speed with a sink that confirms at once, too, and what comes before it: writing the journal and
 * bringing the events up to date.
 *
 *   bun bench/events.ts [--events 20000]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { natsSink } from "../functions-service/events/nats-sink.ts";
import { rabbitmqSink } from "../functions-service/events/rabbitmq.ts";
import { Relay } from "../functions-service/events/relay.ts";
import type { Sink } from "../functions-service/events/sink.ts";
import { openStore } from "../functions-service/runtime/open-store.ts";
import type { Journal } from "../functions-service/store.ts";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { silentLog } from "../mesh/log.ts";
import { startNatsServer } from "../nats-server/server.ts";
import { recordInvocations, recordingSink } from "../test/functions-service/events/events.ts";
import { bindQueue } from "../test/functions-service/events/receiver.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { startRabbitmq } from "../test/support/rabbitmq.ts";

/** Invocations recorded in one transaction. */
const TOGETHER = 64;

const { values } = parseArgs({ options: { events: { type: "string", default: "20000" } } });
const events = Number(values.events);
const stack = new CloseStack();

try {
  const directory = await mkdtemp(join(tmpdir(), "fmesh-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const postgres = stack.use(await startPostgres());
  const rabbitmq = stack.use(await startRabbitmq());
  await bindQueue(rabbitmq.url, { queue: "all" });
  const nats = await startNatsServer({ tcpPort: 0, wsPort: false });
  stack.use(nats);
  const broker = stack.use(natsBroker({ url: nats.tcpUrl ?? "", name: "bench", log: silentLog }));
  await broker.connect();
  const listener = stack.use(natsBroker({ url: nats.tcpUrl ?? "", name: "listener", log: silentLog }));
  await listener.connect();

  const toRabbitmq = stack.use(rabbitmqSink({ url: rabbitmq.url, log: silentLog }));
  const toNats = natsSink({ broker, log: silentLog });
  const stores = { SQLite: `sqlite:${join(directory, "functions.db")}`, PostgreSQL: postgres.url };
  for (const [name, url] of Object.entries(stores)) {
    const { journal } = stack.use(await openStore(url, silentLog));
    const measure = (what: string, sinks: readonly Sink[]): Promise<void> =>
      measureRelay(`${name}: ${what}`, journal, sinks);
    await measureRecording(name, journal);
    await measure("no sink to speak of", [recordingSink()]);
    await measure("NATS, nobody listens", [toNats]);
    const listening = listener.subscribe("events.>", {}, () => undefined);
    await listener.flush();
    await measure("NATS", [toNats]);
    await measure("RabbitMQ", [toRabbitmq]);
    await measure("NATS and RabbitMQ", [toNats, toRabbitmq]);
    await listening.drain();
  }
} finally {
  await stack.close();
}
process.exit(0);

async function measureRecording(name: string, journal: Journal): Promise<void> {
  const seconds = await timed(async () => {
    await record(journal);
    await journal.project();
  });
  print(`${name}: recording`, seconds);
}

async function measureRelay(name: string, journal: Journal, sinks: readonly Sink[]): Promise<void> {
  await journal.sinks.keep(sinks.map((sink) => sink.name));
  await record(journal);
  await journal.project();
  const relay = new Relay({ journal, sinks, log: silentLog });
  const seconds = await timed(async () => {
    await relay.start();
    while ((await journal.sinks.status()).some(({ backlog }) => backlog > 0)) await Bun.sleep(5);
  });
  await relay.close();
  print(name, seconds);
}

async function record(journal: Journal): Promise<void> {
  for (let made = 0; made < events; made += 2 * TOGETHER) await recordInvocations(journal, TOGETHER);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function print(name: string, seconds: number): void {
  const [rate, each] = [events / seconds, (seconds / events) * 1e6];
  console.log(`${name.padEnd(34)} ${rate.toFixed(0).padStart(7)} events/s ${each.toFixed(1).padStart(7)} µs each`);
}
