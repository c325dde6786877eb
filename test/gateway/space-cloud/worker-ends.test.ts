import { beforeEach, describe, expect, test } from "vitest";
import { EMPTY_MESSAGE } from "../../../mesh/broker.ts";
import { CALL_HEADERS } from "../../../mesh/call.ts";
import { heldSubject } from "../../../mesh/subjects.ts";
import { shopConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { call2019, callNative, meshForSuite } from "../calling.ts";
import { type WorkerClient, joined, outcome } from "./worker-client.ts";

describe.each(brokersUnderTest())("calls of a worker that ends, broker: %s", (kind) => {
  const config = shopConfig({ arithmetic: { default: "allow" }, other: { default: "allow" } });
  const mesh = meshForSuite({ kind, config });
  let token: string;

  beforeEach(async () => {
    token = await mesh().token();
  });

  const join = (service = "arithmetic"): Promise<WorkerClient> => joined(mesh(), { service, token });
  const held = (id: string): Promise<unknown> =>
    mesh()
      .workers.request(
        heldSubject({ project: "shop", service: "arithmetic" }),
        { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: id } },
        { timeoutMs: 200 },
      )
      .then(
        () => true,
        () => false,
      );

  test("fail at once when its process is killed; others are untouched", async () => {
    await using other = (await join("other")).serve(() => ({ params: "fine" }));
    const script = `${import.meta.dirname}/fixtures/silent-worker.ts`;
    const child = Bun.spawn([process.execPath, script, mesh().url, "arithmetic", token], { stdout: "pipe" });
    const lines = child.stdout.getReader();
    await lines.read();
    const calling = call2019(mesh(), "arithmetic/sum", { body: '{"timeout":60}' });
    await lines.read();
    const [alongside] = [call2019(mesh(), "other/do", { body: "{}" })];
    child.kill("SIGKILL");
    expect(await outcome(calling)).toEqual([500, { error: "worker disconnected" }]);
    expect(await outcome(alongside)).toEqual([200, { result: "fine" }]);
    expect(await outcome(call2019(mesh(), "other/do", { body: "{}" }))).toEqual([200, { result: "fine" }]);
    expect((await call2019(mesh(), "arithmetic/sum", { body: "{}" })).status).toBe(500);
    expect(other.calls).toEqual([]);
  });

  test("that had not reached it yet go to another one", async () => {
    await using stays = (await join()).serve(() => ({ params: "stayed" }));
    let served = 0;
    for (let round = 0; round < 20; round++) {
      const leaves = (await join()).serve(() => ({ params: "left" }));
      const calls = Array.from({ length: 20 }, () => outcome(call2019(mesh(), "arithmetic/sum", { body: "{}" })));
      leaves.kill();
      for (const [status, body] of await Promise.all(calls)) {
        if (status === 200) served++;
        else expect(body).toEqual({ error: "worker disconnected" });
      }
    }
    expect(served).toBeGreaterThan(0);
    expect(stays.calls).toEqual([]);
  });

  test("are not run again by another worker", async () => {
    const dying = await join();
    const calling = callNative(mesh(), "arithmetic/sum", { body: "1" });
    await dying.received(1);
    await using heir = await join();
    dying.kill();
    const response = await calling;
    expect([response.status, await response.json()]).toMatchObject([
      500,
      { code: "function_failed", detail: "worker disconnected" },
    ]);
    expect(heir.calls).toEqual([]);
  });

  test("are run again by another worker when their caller says that they may be", async () => {
    const dying = await join();
    const calling = callNative(mesh(), "arithmetic/sum", { body: "1", headers: { "Idempotency-Key": "once" } });
    await dying.received(1);
    await using heir = (await join()).serve(({ params }) => ({ params: { by: "the heir", params } }));
    dying.kill();
    const response = await calling;
    expect([response.status, await response.json()]).toEqual([200, { by: "the heir", params: 1 }]);
    expect(heir.calls).toEqual([]);
  });

  test("are held by it alone until they are answered", async () => {
    await using worker = await join();
    await using idle = await join("other");
    const calling = callNative(mesh(), "arithmetic/sum", {
      body: "1",
      headers: { "X-Request-Id": "held-1", "X-Request-Timeout": "30" },
    });
    const { promise: heard, resolve: hear } = Promise.withResolvers<string>();
    const [asked] = await worker.received(1);
    const spy = mesh().workers.subscribe("fn.shop.arithmetic.*", {}, (message) => {
      hear(message.headers[CALL_HEADERS.id] ?? "");
    });
    await mesh().workers.flush();
    const second = callNative(mesh(), "arithmetic/sum", { body: "2" });
    const id = await heard;
    const [, next] = await worker.received(2);
    expect(await held(id)).toBe(true);
    expect(await held("another")).toBe(false);
    worker.answer(next?.id ?? "", { params: 2 });
    expect((await second).status).toBe(200);
    expect(await held(id)).toBe(false);
    worker.answer(asked?.id ?? "", { params: 1 });
    expect((await calling).status).toBe(200);
    await spy.drain();
    expect(idle.calls).toEqual([]);
  });

  test("end when their caller goes away, and give their place back", async () => {
    await using worker = await join();
    const heard = Promise.withResolvers<string>();
    const spy = mesh().workers.subscribe("cancel.shop.arithmetic", {}, (message) =>
      heard.resolve(message.headers[CALL_HEADERS.id] ?? ""),
    );
    await mesh().workers.flush();
    const caller = new AbortController();
    const calling = fetch(`${mesh().url}/v1/call/shop/arithmetic/sum`, {
      method: "POST",
      body: "1",
      signal: caller.signal,
    });
    const [asked] = await worker.received(1);
    caller.abort();
    await expect(calling).rejects.toThrow("abort");
    const id = await heard.promise;
    expect(await held(id)).toBe(false);
    worker.answer(asked?.id ?? "", { params: "for nobody" });
    await worker.settled();
    await spy.drain();
  });

  test("end at their deadline; the answer is for nobody then", async () => {
    await using worker = await join();
    const response = callNative(mesh(), "arithmetic/sum", { body: "1", headers: { "X-Request-Timeout": "0.2" } });
    const [asked] = await worker.received(1);
    expect((await response).status).toBe(504);
    worker.answer(asked?.id ?? "", { params: "late" });
    const next = call2019(mesh(), "arithmetic/sum", { body: "{}" });
    const [, second] = await worker.received(2);
    worker.answer(second?.id ?? "", { params: "in time" });
    expect(await outcome(next)).toEqual([200, { result: "in time" }]);
  });

  test("that are already out of time are refused unasked", async () => {
    await using worker = await join();
    const message = { payload: new Uint8Array(0), headers: { [CALL_HEADERS.deadline]: String(Date.now() - 1) } };
    const reply = await mesh().workers.request("fn.shop.arithmetic.sum", message, { timeoutMs: 5000 });
    expect(reply.headers[CALL_HEADERS.errorCode]).toBe("504");
    expect(worker.calls).toEqual([]);
  });
});
