import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { CALL_HEADERS } from "../../mesh/call.ts";
import { heldSubject } from "../../mesh/subjects.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { gate } from "./gate.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

describe.each(brokersUnderTest())("a call that an instance holds on %s", (kind) => {
  let mesh: ServiceMesh;
  beforeEach(async () => {
    mesh = await openServiceMesh(kind);
  });
  afterEach(() => mesh[Symbol.asyncDispose]());

  /** How many say that they hold it. */
  const holders = async (callId: string): Promise<number> => {
    const question = { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: callId } };
    const subject = heldSubject({ project: PROJECT, service: "work" });
    return (await mesh.broker.gather(subject, question, { timeoutMs: 200 })).length;
  };

  test("is claimed by it alone while it runs or waits, also while it drains, and by nobody before and afterwards", async () => {
    const door = gate();
    const handlers = { work: () => door.passed() };
    const workers = [
      await mesh.host("work", handlers, { concurrency: 1 }),
      await mesh.host("work", handlers, { concurrency: 1 }),
      await mesh.host("work", handlers, { concurrency: 1 }),
    ];
    await Promise.all(workers.slice(1).map((worker) => worker.setShare(0)));
    expect(await holders("runs")).toBe(0);
    const calls = ["runs", "waits"].map((id) => mesh.send("work", "work", "", { [CALL_HEADERS.id]: id }));
    await door.reached();
    await mesh.broker.flush();
    expect(await Promise.all(["runs", "waits", "another"].map(holders))).toEqual([1, 1, 0]);
    const draining = workers[0]?.drain();
    expect(await Promise.all(["runs", "waits"].map(holders))).toEqual([1, 1]);
    door.open();
    await Promise.all([draining, ...calls]);
    expect(await Promise.all(["runs", "waits"].map(holders))).toEqual([0, 0]);
  });

  test("is answered without a word, and for nobody who names no call", async () => {
    const door = gate();
    await mesh.host("work", { work: () => door.passed() });
    const call = mesh.send("work", "work", "");
    await door.reached();
    const subject = heldSubject({ project: PROJECT, service: "work" });
    const silent = errorOf(mesh.broker.request(subject, EMPTY_MESSAGE, { timeoutMs: 100 }));
    expect(await silent).toMatchObject({ code: "deadline_exceeded" });
    door.open();
    await call;
  });
});
