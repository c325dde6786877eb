import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { untilStatus } from "../mesh/until-status.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { gate } from "./gate.ts";
import { type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

describe.each(brokersUnderTest())("workers over %s", (kind) => {
  let mesh: ServiceMesh;
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  test("two of a service share the load", async () => {
    const [first, second] = [await mesh.host("who", { am: () => 1 }), await mesh.host("who", { am: () => 2 })];
    expect(first.id).not.toBe(second.id);
    const answers = await Promise.all(Array.from({ length: 200 }, () => mesh.call("who", "am")));
    const firsts = answers.filter((answer) => answer === 1).length;
    expect(firsts).toBeGreaterThan(20);
    expect(firsts).toBeLessThan(180);
  });

  test("take so many calls at once, let so many wait and refuse the rest as overloaded", async () => {
    const door = gate();
    let [now, most] = [0, 0];
    const work = async (): Promise<string> => {
      most = Math.max(most, ++now);
      await door.passed();
      now--;
      return "done";
    };
    await mesh.host("busy", { work }, { concurrency: 2, queue: 3 });
    const calls = Array.from({ length: 8 }, () => mesh.call("busy", "work").catch((error: unknown) => error));
    const refused = await firstSettled(calls, 3);
    for (const error of refused) {
      expect(error).toMatchObject({ code: "overloaded", status: 503, retrySafe: true, retryAfterSeconds: 1 });
    }
    door.open();
    const results = await Promise.all(calls);
    expect(results.filter((result) => result === "done")).toHaveLength(5);
    expect(most).toBe(2);
  });

  test("do not run a call whose time ran out while it waited", async () => {
    const door = gate();
    const ran: unknown[] = [];
    const work = async (name: string): Promise<void> => {
      ran.push(name);
      await door.passed();
    };
    await mesh.host("busy", { work }, { concurrency: 1, queue: 10 });
    const first = mesh.call("busy", "work", "first");
    const late = mesh.call("busy", "work", "late", { timeoutMs: 30 });
    expect((await errorOf(late)).code).toBe("deadline_exceeded");
    door.open();
    await first;
    await mesh.call("busy", "work", "last");
    expect(ran).toEqual(["first", "last"]);
  });

  test("serve again after the broker was started again", async () => {
    const worker = await mesh.host("echo", { say: (params: unknown) => params });
    const away = [mesh.broker, worker.broker].map((broker) => untilStatus(broker, "disconnected"));
    await mesh.link.stopBroker();
    await Promise.all(away);
    expect((await errorOf(mesh.call("echo", "say", 1))).code).toBe("broker_unavailable");
    const back = [mesh.broker, worker.broker].map((broker) => untilStatus(broker, "connected"));
    await mesh.link.startBroker();
    await Promise.all(back);
    await worker.broker.flush();
    expect(await mesh.call("echo", "say", "again")).toBe("again");
  });
});

/** The values of the first `count` promises to settle. */
function firstSettled(promises: readonly Promise<unknown>[], count: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const values: unknown[] = [];
    const keep = async (promise: Promise<unknown>): Promise<void> => {
      values.push(await promise);
      if (values.length === count) resolve([...values]);
    };
    for (const promise of promises) void keep(promise);
  });
}
