import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { cancelSubject } from "../../mesh/subjects.ts";
import type { Context } from "../../worker-service/context.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

/** What a handler that waits to be cancelled tells the test. */
interface Waiting {
  readonly started: PromiseWithResolvers<void>;
  readonly ended: PromiseWithResolvers<unknown>;
}

function waiting(): Waiting {
  return { started: Promise.withResolvers(), ended: Promise.withResolvers() };
}

describe.each(brokersUnderTest())("a caller that gives up over %s", (kind) => {
  let mesh: ServiceMesh;
  let at: Waiting;
  let queued = 0;
  let worker: Broker;
  const untilCancelled = async (_params: unknown, { signal }: Context): Promise<string> => {
    signal.addEventListener("abort", () => at.ended.resolve(signal.reason));
    at.started.resolve();
    await at.ended.promise;
    return "nobody wants this";
  };

  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    ({ broker: worker } = await mesh.host("slow", {
      untilCancelled,
      nested: (_params: unknown, context: Context) => context.call("slow", "untilCancelled"),
      thrice: (_params: unknown, context: Context) => context.call("slow", "nested"),
      echo: (params: unknown) => params,
    }));
    await mesh.host("narrow", { untilCancelled, queued: () => ++queued }, { concurrency: 1, queue: 10 });
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  test.each(["untilCancelled", "nested", "thrice"])("aborts the handler's signal: %s", async (name) => {
    at = waiting();
    const caller = new AbortController();
    const call = mesh.call("slow", name, undefined, { signal: caller.signal });
    await at.started.promise;
    const reason = new Error("changed my mind");
    caller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await at.ended.promise).toMatchObject({ code: "cancelled", status: 499 });
  });

  test("because its time is over also tells workers whose clock is behind", async () => {
    at = waiting();
    const heard = Promise.withResolvers<string | undefined>();
    const listening = worker.subscribe(cancelSubject({ project: PROJECT, service: "slow" }), {}, ({ headers }) =>
      heard.resolve(headers["Fmesh-Call-Id"]),
    );
    await worker.flush();
    const error = await errorOf(mesh.call("slow", "untilCancelled", undefined, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: "deadline_exceeded" });
    expect(await heard.promise).toMatch(/^[0-9a-f]{32}$/);
    await listening.drain();
  });

  test("is sent nothing any more", async () => {
    at = waiting();
    const published: string[] = [];
    const caller = new AbortController();
    const call = mesh.call("slow", "untilCancelled", undefined, { signal: caller.signal });
    await at.started.promise;
    caller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await at.ended.promise;
    const listening = mesh.broker.subscribe("_INBOX.>", {}, ({ subject }) => published.push(subject));
    await mesh.broker.flush();
    // What the worker sent before this answer would have arrived before it.
    expect(await mesh.call("slow", "echo", 7)).toBe(7);
    expect(published).toHaveLength(1);
    await listening.drain();
  });

  test("before its turn came is never served", async () => {
    at = waiting();
    const first = mesh.call("narrow", "untilCancelled");
    await at.started.promise;
    const caller = new AbortController();
    const second = mesh.call("narrow", "queued", undefined, { signal: caller.signal });
    await mesh.broker.flush();
    caller.abort();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    // What asks after the cancelling is answered after it.
    await mesh.broker.request("$SRV.PING.narrow", EMPTY_MESSAGE, { timeoutMs: 10_000 });
    at.ended.resolve(undefined);
    expect(await first).toBe("nobody wants this");
    expect(await mesh.call("narrow", "queued")).toBe(1);
  });

  test("before the call was sent sends nothing", async () => {
    const sent: string[] = [];
    const listening = worker.subscribe("*.shop.>", {}, ({ subject }) => sent.push(subject));
    await worker.flush();
    const call = mesh.call("slow", "echo", 1, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await mesh.call("slow", "echo", 1);
    expect(sent).toEqual(["fn.shop.slow.echo"]);
    await listening.drain();
  });

  test("does not touch other calls, nor do ids that nobody knows", async () => {
    at = waiting();
    const kept = mesh.call("slow", "untilCancelled");
    await at.started.promise;
    mesh.broker.publish(cancelSubject({ project: PROJECT, service: "slow" }), {
      payload: new Uint8Array(0),
      headers: { "Fmesh-Call-Id": "0".repeat(32) },
    });
    mesh.broker.publish(cancelSubject({ project: PROJECT, service: "slow" }), {
      payload: new Uint8Array(0),
      headers: {},
    });
    await mesh.broker.flush();
    at.ended.resolve(undefined);
    expect(await kept).toBe("nobody wants this");
  });

  test("a call delivered twice runs once", async () => {
    const headers = { "Fmesh-Call-Id": "f".repeat(32) };
    const [one, two] = [0, 1].map(() => mesh.send("narrow", "queued", "", headers));
    const answers = await Promise.race([one, two]);
    expect(new TextDecoder().decode(answers?.payload)).toBe("2");
    expect(await mesh.call("narrow", "queued")).toBe(3);
    void Promise.allSettled([one, two]);
  });
});
