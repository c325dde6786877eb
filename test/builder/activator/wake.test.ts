import { afterEach, describe, expect, it } from "vitest";
import type { OnDemand } from "../../../builder/deployer.ts";
import { DeployError } from "../../../builder/deployer/deploy-error.ts";
import { EMPTY_MESSAGE } from "../../../mesh/broker.ts";
import { CALL_HEADERS } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { silentLog } from "../../../mesh/log.ts";
import { heldSubject } from "../../../mesh/subjects.ts";
import { type HostedService, host } from "../../../worker-service/host.ts";
import { fn } from "../../../worker-service/function.ts";
import type { ServiceDefinition } from "../../../worker-service/service.ts";
import { errorOf } from "../../mesh/error-of.ts";
import { recordingLog } from "../../mesh/recording-log.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { gate } from "../../worker-service/gate.ts";
import { type Activating, GREET, LABEL, PROJECT, greeter, startActivating, testHome } from "./activating.ts";

type Wake = Extract<OnDemand, { kind: "wake" }>["wake"];

describe.each(brokersUnderTest())("a function that is woken over %s", (kind) => {
  let mesh: Activating;
  afterEach(() => mesh?.[Symbol.asyncDispose]());

  const start = async (wake: Wake, options: Parameters<typeof startActivating>[2] = {}): Promise<Activating> => {
    mesh = await startActivating(kind, testHome({ kind: "wake", wake }), options);
    return mesh;
  };
  const serve = async (definition: ServiceDefinition): Promise<HostedService> =>
    host(definition, { broker: await mesh.connect(), project: PROJECT, log: silentLog });
  const call = (params?: unknown, options: object = {}): Promise<unknown> =>
    mesh.caller.call(LABEL, "handler", params, options);

  it("answers the calls that waited for it, each its own, and those that follow without help", async () => {
    let wakes = 0;
    const awake = gate();
    await start(() => (wakes++, awake.passed()));
    const calls = Array.from({ length: 20 }, (_, n) => call({ n }, { claimsJson: `{"id":"u${n}"}` }));
    await awake.reached(20);
    await serve(greeter(({ n }: { n: number }, { claims }) => ({ n, claims })));
    awake.open();
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, n) => ({ n, claims: { id: `u${n}` } })));
    expect(wakes).toBe(20);
    await mesh.activator.close();
    expect(await call({ n: 7 })).toEqual({ n: 7, claims: {} });
    expect(wakes).toBe(20);
  });

  it("gives streams both ways", async () => {
    const echo = fn({ receives: "bytes" }, (body) => body);
    await start(async () => void (await serve(greeter(echo))));
    const up = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new Uint8Array(50_000).fill(n));
        controller.close();
      },
    });
    const down = (await call(up)) as ReadableStream<Uint8Array>;
    const bytes = new Uint8Array(await new Response(down).arrayBuffer());
    expect([bytes.length, bytes[0], bytes[999_999]]).toEqual([1_000_000, 0, 19]);
  });

  it("is woken again for a call that came when its instance had just gone, and the call runs once", async () => {
    let wakes = 0;
    let runs = 0;
    await start(async () => {
      // Up, says whoever started it; and gone again when the call comes.
      if (++wakes === 3) await serve(greeter(() => ++runs));
    });
    expect(await call()).toBe(1);
    expect([wakes, runs]).toEqual([3, 1]);
  });

  it("waits with what its first instance has no room for", async () => {
    const running = gate();
    const awake = Promise.withResolvers<void>();
    await start(() => awake.promise);
    const calls = Array.from({ length: 12 }, (_, n) => call({ n }));
    await serve(greeter(async ({ n }: { n: number }) => (await running.passed(), n), { concurrency: 1, queue: 2 }));
    awake.resolve();
    await running.reached(1);
    running.open();
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });

  it("is not asked again when its handler ran and was refused by others", async () => {
    let runs = 0;
    const refused = (): never => {
      runs++;
      throw new MeshError("overloaded", "the shop is full");
    };
    await start(async () => void (await serve(greeter(refused))));
    expect(await errorOf(call())).toMatchObject({ code: "overloaded", message: "the shop is full" });
    expect(runs).toBe(1);
  });

  it.each([
    ["crash_loop", "it keeps ending"],
    ["secret_missing", "it lacks a secret"],
  ] as const)("says why it does not run, and nothing that is its author's to know: %s", async (code, why) => {
    await start(() => Promise.reject(new DeployError(code, "the last that it wrote: password is hunter2")));
    const error = await errorOf(call());
    expect(error).toMatchObject({
      code: "worker_unavailable",
      message: `function "greet" does not run (${code}): ${why}`,
    });
    expect(error.retryAfterSeconds).toBeGreaterThan(1);
  });

  it("tells callers nothing of a home that failed in a way nobody thought of", async () => {
    const { log, untilSaid } = recordingLog();
    await start(() => Promise.reject(new Error("password is hunter2")), { log });
    const error = await errorOf(call());
    expect(error.code).toBe("internal");
    expect(error.message).not.toContain("hunter2");
    expect(await untilSaid("a call could not be brought to its function")).toMatchObject({ service: LABEL });
  });

  it("waits no longer than its caller", async () => {
    const waited = Promise.withResolvers<unknown>();
    await start((_name, { signal }) => untilAborted(signal, waited.resolve));
    expect(await errorOf(call({}, { timeoutMs: 60 }))).toMatchObject({ code: "deadline_exceeded" });
    expect(await waited.promise).toMatchObject({ code: expect.stringMatching(/deadline_exceeded|cancelled/) });
  });

  it("is not waited for by a caller that gives up", async () => {
    const controller = new AbortController();
    const waited = Promise.withResolvers<unknown>();
    await start((_name, { signal }) => {
      controller.abort(new Error("enough"));
      return untilAborted(signal, waited.resolve);
    });
    await expect(call({}, { signal: controller.signal })).rejects.toThrow("enough");
    expect(await waited.promise).toMatchObject({ code: "cancelled" });
  });

  it("keeps no more waiting than was said", async () => {
    const awake = Promise.withResolvers<void>();
    let wakes = 0;
    await start(() => (wakes++, awake.promise), { waiting: { calls: 3, bytes: 1_000 } });
    const waiting = [call("a"), call("b"), call("c")];
    expect(await errorOf(call("d"))).toMatchObject({ code: "overloaded", retryAfterSeconds: 1 });
    expect(wakes).toBe(3);
    await serve(greeter((word: string) => word));
    awake.resolve();
    expect(await Promise.all(waiting)).toEqual(["a", "b", "c"]);

    await mesh[Symbol.asyncDispose]();
    await start(() => new Promise(() => undefined), { waiting: { calls: 3, bytes: 1_000 }, finishMs: 0 });
    const large = errorOf(call("x".repeat(900)));
    expect(await errorOf(call("y".repeat(900)))).toMatchObject({ code: "overloaded" });
    await mesh.activator.close();
    await large;
  });

  it("says of a call whether it waits here, and no more once an instance has it", async () => {
    const awake = Promise.withResolvers<void>();
    const running = gate();
    const arrived = Promise.withResolvers<void>();
    await start(() => (arrived.resolve(), awake.promise));
    const answer = call({}, { callId: "c-1" });
    await arrived.promise;
    const isHeld = async (id: string): Promise<boolean> => {
      const question = { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: id } };
      const replies = await mesh.client.gather(heldSubject({ project: PROJECT, service: LABEL }), question, {
        timeoutMs: 80,
      });
      return replies.length > 0;
    };
    expect([await isHeld("c-1"), await isHeld("c-2")]).toEqual([true, false]);
    const instance = await mesh.connect();
    instance.subscribe(
      `fn.${PROJECT}.${LABEL}.handler`,
      { queue: "q" },
      (message) => void running.passed().then(() => message.reply(EMPTY_MESSAGE)),
    );
    await instance.flush();
    awake.resolve();
    await running.reached();
    expect(await isHeld("c-1")).toBe(false);
    running.open();
    expect(await answer).toBeUndefined();
  });

  it("has the functions that deployed ones have, and is not started for others", async () => {
    let wakes = 0;
    await start(() => (wakes++, Promise.resolve()));
    expect(await errorOf(mesh.caller.call(LABEL, "other", {}, {}))).toMatchObject({ code: "function_not_found" });
    expect(wakes).toBe(0);
  });

  it("that is up and serves no such function says so in the end", async () => {
    await start(() => Promise.resolve());
    const error = await errorOf(mesh.caller.call(LABEL, "fetch", new Request("http://a/"), {}));
    expect(error).toMatchObject({
      code: "worker_unavailable",
      message: '"greet" was started, and serves no function "fetch"',
    });
  });

  it("is answered for while it is deployed", async () => {
    const home = testHome({ kind: "wake", wake: () => Promise.reject(new DeployError("not_ready", "slow")) }, []);
    mesh = await startActivating(kind, home);
    expect((await errorOf(call())).message).toContain("nobody serves");
    home.deployed([{ project: PROJECT, label: "another" }, GREET]);
    await untilMessage("not_ready");
    home.deployed([{ project: PROJECT, label: "another" }]);
    await untilMessage("nobody serves");

    async function untilMessage(part: string): Promise<void> {
      while (!(await errorOf(call())).message.includes(part)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it("is brought its calls before the activator ends, or they are told", async () => {
    const awake = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await start(() => (arrived.resolve(), awake.promise));
    const waiting = call("a");
    await arrived.promise;
    const closed = mesh.activator.close();
    await serve(greeter((word: string) => word));
    awake.resolve();
    expect(await waiting).toBe("a");
    await closed;

    await mesh[Symbol.asyncDispose]();
    const asked = Promise.withResolvers<void>();
    await start((_name, { signal }) => (asked.resolve(), untilAborted(signal)), { finishMs: 20 });
    const never = errorOf(call("b"));
    await asked.promise;
    await mesh.activator.close();
    expect(await never).toMatchObject({ code: "worker_unavailable", message: "the deployer is stopping" });

    await mesh[Symbol.asyncDispose]();
    const endless = gate();
    await start(async () => void (await serve(greeter(() => endless.passed()))), { finishMs: 20 });
    const begun = errorOf(call("c"));
    await endless.reached();
    await mesh.activator.close();
    expect(await begun).toMatchObject({ code: "bad_reply", retrySafe: false });
    endless.open();
  });
});

/** Resolves never: rejects as somebody who is told that nobody waits. */
function untilAborted(signal: AbortSignal, tell: (reason: unknown) => void = () => undefined): Promise<void> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      tell(signal.reason);
      reject(signal.reason as Error);
    });
  });
}
