/**
 * How many events the relay tells per second: from a SQLite outbox on disk to a real RabbitMQ with a durable queue, and to
 * NATS; in one process with the store, as the functions service is. Prints the relay's own speed with a sink that confirms
 * at once, too.
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
import { openSqliteStore } from "../functions-service/runtime/sqlite.ts";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { silentLog } from "../mesh/log.ts";
import { startNatsServer } from "../nats-server/server.ts";
import { recordInvocations, recordingSink } from "../test/functions-service/events/events.ts";
import { bindQueue } from "../test/functions-service/events/receiver.ts";
import { startRabbitmq } from "../test/support/rabbitmq.ts";

/** Invocations recorded in one transaction. */
const TOGETHER = 500;

const { values } = parseArgs({ options: { events: { type: "string", default: "20000" } } });
const events = Number(values.events);
const stack = new CloseStack();

try {
  const directory = await mkdtemp(join(tmpdir(), "fmesh-bench-"));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const store = stack.use(await openSqliteStore(join(directory, "functions.db"), silentLog));
  const rabbitmq = stack.use(await startRabbitmq());
  await bindQueue(rabbitmq.url, { queue: "all" });
  const nats = await startNatsServer({ tcpPort: 0, wsPort: false });
  stack.use(nats);
  const broker = stack.use(natsBroker({ url: nats.tcpUrl ?? "", name: "bench", log: silentLog }));
  await broker.connect();

  const toRabbitmq = stack.use(rabbitmqSink({ url: rabbitmq.url, log: silentLog }));
  const toNats = natsSink({ broker, log: silentLog });
  await measure("no sink to speak of", [recordingSink()]);
  await measure("NATS", [toNats]);
  await measure("RabbitMQ", [toRabbitmq]);
  await measure("NATS and RabbitMQ", [toNats, toRabbitmq]);

  async function measure(name: string, sinks: readonly Sink[]): Promise<void> {
    for (let made = 0; made < events; made += 2 * TOGETHER) await recordInvocations(store.events, TOGETHER);
    const relay = new Relay({ outbox: store.outbox, sinks, log: silentLog });
    const startedAt = performance.now();
    relay.start();
    while ((await store.outbox.backlog()).count > 0) await Bun.sleep(5);
    const seconds = (performance.now() - startedAt) / 1000;
    await relay.close();
    console.log(`${name.padEnd(22)} ${String(Math.round(events / seconds)).padStart(7)} events/s`);
  }
} finally {
  await stack.close();
}
process.exit(0);
