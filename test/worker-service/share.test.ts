import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EndpointInfo } from "../../mesh/service-info.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { gate } from "./gate.ts";
import { type Hosted, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

describe.each(brokersUnderTest())("the share of calls that an instance gets on %s", (kind) => {
  let mesh: ServiceMesh;
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  const answersOf = async (count: number): Promise<readonly unknown[]> => {
    const answers: unknown[] = [];
    // In portions, as no queue takes all of them.
    while (answers.length < count) {
      answers.push(...(await Promise.all(Array.from({ length: 100 }, () => mesh.call("who", "am")))));
    }
    return answers;
  };
  const hostNamed = (name: string): Promise<Hosted> => mesh.host("who", { am: () => name });

  test("is as large as its part of the group's subscriptions", async () => {
    const [small, large] = [await hostNamed("small"), await hostNamed("large")];
    await large.setShare(9);
    const answers = await answersOf(2_000);
    const ofSmall = answers.filter((answer) => answer === "small").length;
    // Binomial with p = 0.1: the mean is 200 and the deviation 13.4; six of them are passed once in 10⁹ runs.
    expect(ofSmall).toBeGreaterThan(200 - 81);
    expect(ofSmall).toBeLessThan(200 + 81);
    expect(small.load()).toEqual({ share: 1, running: 0, waiting: 0, calls: ofSmall });
  });

  test("may be nothing, and something again", async () => {
    const [first, second] = [await hostNamed("first"), await hostNamed("second")];
    await first.setShare(0);
    expect(new Set(await answersOf(100))).toEqual(new Set(["second"]));
    await first.setShare(3);
    await second.setShare(0);
    expect(new Set(await answersOf(100))).toEqual(new Set(["first"]));
    expect([first.load().share, second.load().share]).toEqual([3, 0]);
  });

  test("changes without a call that is lost or answered twice", async () => {
    let taken = 0;
    const workers = await Promise.all([1, 2].map(() => mesh.host("who", { am: () => ++taken })));
    const calls: Promise<unknown>[] = [];
    const changes: Promise<void>[] = [];
    for (let round = 0; round < 60; round++) {
      for (let count = 0; count < 10; count++) calls.push(mesh.call("who", "am"));
      for (const [index, worker] of workers.entries()) changes.push(worker.setShare((round + index) % 2 === 0 ? 4 : 1));
      await mesh.broker.flush();
    }
    await Promise.all(changes);
    expect(new Set(await Promise.all(calls)).size).toBe(600);
    expect(taken).toBe(600);
  });

  test("is one instance with one endpoint to whoever asks the services protocol", async () => {
    const worker = await hostNamed("one");
    await worker.setShare(20);
    const replies = await mesh.broker.gather(
      "$SRV.INFO.who",
      { payload: new Uint8Array(), headers: {} },
      { timeoutMs: 300 },
    );
    const infos = replies.map(({ payload }) => JSON.parse(new TextDecoder().decode(payload)) as unknown);
    expect(infos).toEqual([
      expect.objectContaining({ endpoints: [expect.objectContaining({ name: "am" } as EndpointInfo)] }),
    ]);
  });

  test("is nothing for good once the service drains, and what it has to do is told until the end", async () => {
    const door = gate();
    const worker = await mesh.host("who", { am: () => door.passed() }, { concurrency: 1, queue: 5 });
    await worker.setShare(2);
    const calls = [mesh.call("who", "am"), mesh.call("who", "am")];
    await door.reached();
    await mesh.broker.flush();
    await worker.broker.flush();
    expect(worker.load()).toEqual({ share: 2, running: 1, waiting: 1, calls: 2 });
    const draining = worker.drain();
    await worker.setShare(5);
    expect(worker.load()).toEqual({ share: 0, running: 1, waiting: 1, calls: 2 });
    door.open();
    await Promise.all([draining, ...calls]);
    await expect(mesh.call("who", "am")).rejects.toMatchObject({ code: "worker_unavailable" });
  });
});
