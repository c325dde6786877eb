import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../mesh/log.ts";
import type { Context } from "../../worker-service/context.ts";
import { host } from "../../worker-service/host.ts";
import { defineService } from "../../worker-service/service.ts";
import { errorOf } from "../mesh/error-of.ts";
import { untilStatus } from "../mesh/until-status.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { gate } from "./gate.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

describe.each(brokersUnderTest())("draining a service on %s", (kind) => {
  let mesh: ServiceMesh;
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  test("finishes the calls in flight and those that wait for their turn", async () => {
    const door = gate();
    const work = async (params: unknown): Promise<unknown> => {
      await door.passed();
      return params;
    };
    const worker = await mesh.host("work", { work }, { concurrency: 1, queue: 10 });
    const calls = [1, 2, 3].map((number) => mesh.call("work", "work", number));
    await door.reached();
    await mesh.broker.flush();
    const draining = worker.drain();
    door.open();
    await draining;
    await worker.broker.close();
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
  });

  test("ends what does not finish in time, an endless stream among it", async () => {
    const own = await mesh.link.connect();
    const ended = Promise.withResolvers<unknown>();
    const ticks = async function* (_params: unknown, { signal }: Context): AsyncGenerator<number> {
      signal.addEventListener("abort", () => ended.resolve(signal.reason));
      for (let tick = 0; ; tick++) yield tick;
    };
    const clock = defineService("clock", { ticks });
    const worker = await host(clock, { broker: own, project: PROJECT, log: silentLog, finishMs: 20 });
    const items = ((await mesh.call("clock", "ticks")) as AsyncIterable<number>)[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: 0 });
    await worker.drain();
    expect(await ended.promise).toMatchObject({ code: "cancelled", message: "the worker is stopping" });
    const rest = async (): Promise<void> => {
      while ((await items.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ message: "the worker is stopping" });
  });

  test("takes no new calls: a second worker takes over, and without one nobody serves", async () => {
    const first = await mesh.host("who", { am: () => "first" });
    const second = await mesh.host("who", { am: () => "second" });
    await first.drain();
    const answers = await Promise.all(Array.from({ length: 50 }, () => mesh.call("who", "am")));
    expect(new Set(answers)).toEqual(new Set(["second"]));
    await second.drain();
    expect((await errorOf(mesh.call("who", "am"))).code).toBe("worker_unavailable");
  });

  test("loses no call that comes meanwhile", async () => {
    const workers = [await mesh.host("who", { am: () => 1 }), await mesh.host("who", { am: () => 2 })];
    const calls: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      for (let count = 0; count < 10; count++) calls.push(mesh.call("who", "am"));
      if (round === 10) void workers[0]?.drain();
      await mesh.broker.flush();
    }
    await workers[0]?.drain();
    expect(await Promise.all(calls)).toHaveLength(200);
  });

  test("may be asked for twice, and answers no discovery any more", async () => {
    const worker = await mesh.host("who", { am: () => 1 });
    await Promise.all([worker.drain(), worker.drain()]);
    await worker.drain();
    const asked = mesh.broker.gather("$SRV.PING", { payload: new Uint8Array(0), headers: {} }, { timeoutMs: 600_000 });
    expect(await asked).toEqual([]);
  });

  test("in an outage finishes the calls in flight, and the broker's return brings answers but no new calls", async () => {
    const door = gate();
    const work = async (): Promise<string> => {
      await door.passed();
      return "done";
    };
    const worker = await mesh.host("work", { work });
    const inFlight = mesh.call("work", "work", undefined, { timeoutMs: 60_000 });
    await door.reached();
    const both = [mesh.broker, worker.broker];
    const away = both.map((broker) => untilStatus(broker, "disconnected"));
    await mesh.link.stopBroker();
    await Promise.all(away);
    const draining = worker.drain();
    const back = both.map((broker) => untilStatus(broker, "connected"));
    await mesh.link.startBroker();
    await Promise.all(back);
    await worker.broker.flush();
    expect((await errorOf(mesh.call("work", "work"))).code).toBe("worker_unavailable");
    door.open();
    await draining;
    expect(await inFlight).toBe("done");
  });

  test("in an outage without calls in flight does not wait for the broker", async () => {
    const worker = await mesh.host("idle", { work: () => 1 });
    const away = untilStatus(worker.broker, "disconnected");
    await mesh.link.stopBroker();
    await away;
    await worker.drain();
    expect(worker.broker.status).toBe("disconnected");
  });
});

test("hosting on a broker that is not connected is broker_unavailable", async () => {
  await using mesh = await openServiceMesh("embedded");
  const broker = mesh.link.client();
  const definition = defineService("idle", { work: () => 1 });
  const hosting = host(definition, { broker, project: "shop", log: silentLog });
  expect((await errorOf(hosting)).code).toBe("broker_unavailable");
});

test("hosting for a project with a bad name is invalid_request", async () => {
  await using mesh = await openServiceMesh("embedded");
  const definition = defineService("idle", { work: () => 1 });
  const hosting = host(definition, { broker: mesh.broker, project: "a.b", log: silentLog });
  expect((await errorOf(hosting)).message).toContain('project name "a.b" is not valid');
});
