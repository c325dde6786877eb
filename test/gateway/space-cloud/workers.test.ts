import { beforeEach, describe, expect, test } from "vitest";
import { CALL_HEADERS } from "../../../mesh/call.ts";
import type { Claims } from "../../../mesh/call.ts";
import { shopConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { type CallRequest, call2019, callNative, meshForSuite } from "../calling.ts";
import { WorkerClient, joined, outcome } from "./worker-client.ts";

const BROKER_LIMIT = 65_536;

describe.each(brokersUnderTest())("a worker on a websocket, broker: %s", (kind) => {
  const config = shopConfig(
    { arithmetic: { default: "allow", authed: "authenticated" }, greeter: { default: "allow" } },
    { gateway: { limits: { maxBodyBytes: 500_000 } } },
  );
  const mesh = meshForSuite({ kind, config, nats: { maxPayloadBytes: BROKER_LIMIT } });
  let token: string;

  beforeEach(async () => {
    token = await mesh().token();
  });

  const join = (service = "arithmetic", path: "old" | "new" = "new"): Promise<WorkerClient> =>
    joined(mesh(), { service, path, token });
  const call = (name: string, body: unknown, request: CallRequest = {}): Promise<Response> =>
    call2019(mesh(), `arithmetic/${name}`, { body: JSON.stringify(body), ...request });

  test.for(["old", "new"] as const)("at the %s path gets calls as they were made and answers them", async (path) => {
    await using worker = await join("arithmetic", path);
    const calling = call("sum", { params: { num1: 10, num2: 20 } });
    const [asked] = await worker.received(1);
    expect(asked).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      service: "arithmetic",
      func: "sum",
      params: { num1: 10, num2: 20 },
      auth: {},
      error: "",
    });
    worker.answer(asked?.id ?? "", { params: { sum: 30 } });
    expect(await outcome(calling)).toEqual([200, { result: { sum: 30 } }]);
  });

  test("gets the claims of whoever called, where the rule asked for a token", async () => {
    await using worker = (await join()).serve(({ auth }) => ({ params: auth }));
    const claims: Claims = { id: "u7", role: "admin", name: 'Zoë "quoted" \u2028' };
    const [status, body] = await outcome(call("authed", {}, { token: await mesh().token(claims) }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ result: claims });
    expect(worker.calls).toEqual([]);
  });

  test.for([
    { about: "an object", answer: { params: { a: [1, null] } }, result: { a: [1, null] } },
    { about: "a string", answer: { params: "text" }, result: "text" },
    { about: "a number", answer: { params: 0 }, result: 0 },
    { about: "false", answer: { params: false }, result: false },
    { about: "null", answer: { params: null }, result: null },
    { about: "nothing", answer: {}, result: null },
    { about: "an empty error", answer: { params: 1, error: "" }, result: 1 },
  ])("that answers with $about", async ({ answer, result }) => {
    await using worker = (await join()).serve(() => answer);
    expect(await outcome(call("sum", {}))).toEqual([200, { result }]);
    expect(worker.calls).toEqual([]);
  });

  test("that sends an error fails the call with exactly that text", async () => {
    await using worker = (await join()).serve(({ func }) => ({ error: `no "${func}" ü\nhere`, params: 1 }));
    expect(await outcome(call("nothing", {}))).toEqual([500, { error: 'no "nothing" ü\nhere' }]);
    const native = await callNative(mesh(), "arithmetic/nothing", { body: "1" });
    expect(native.status).toBe(500);
    expect(await native.json()).toMatchObject({ code: "function_failed", detail: 'no "nothing" ü\nhere' });
    expect(worker.calls).toEqual([]);
  });

  test("gets and returns numbers that JavaScript cannot hold as they were written", async () => {
    await using worker = await join();
    const calling = call2019(mesh(), "arithmetic/sum", { body: '{"params":{"n":12345678901234567890}}' });
    const [asked] = await worker.received(1);
    worker.sendText(`{"type":"service-request","data":{"id":"${asked?.id}","params":{"n":98765432109876543210}}}`);
    expect(await (await calling).text()).toContain("98765432109876543210");
  });

  test("gets params that are larger than a message, and returns results that are", async () => {
    await using worker = (await join()).serve(({ params }) => ({ params: { back: params } }));
    const text = "x".repeat(4 * BROKER_LIMIT);
    expect(await outcome(call("sum", { params: text }))).toEqual([200, { result: { back: text } }]);
    const native = await callNative(mesh(), "arithmetic/sum", { body: JSON.stringify(text) });
    expect(await native.json()).toEqual({ back: text });
    expect(worker.calls).toEqual([]);
  });

  test("gets no params that are not JSON, and no HTTP requests", async () => {
    await using worker = (await join()).serve(() => ({ params: "was called" }));
    const sent = async (body: string, type: string): Promise<[number, string]> => {
      const response = await callNative(mesh(), "arithmetic/sum", { body, headers: { "Content-Type": type } });
      return [response.status, await response.text()];
    };
    expect(await sent("a,b", "text/csv")).toEqual([400, expect.stringContaining("text/csv")]);
    expect(await sent('null,"auth":{"id":"admin"}', "application/json")).toEqual([
      400,
      expect.stringContaining("JSON"),
    ]);
    expect(await sent("1", "application/vnd.shop+json; charset=utf-8")).toEqual([200, '"was called"']);
    const http = await fetch(`${mesh().url}/v1/http/shop/arithmetic/sum`);
    expect([http.status, await http.text()]).toEqual([400, expect.stringContaining("takes no HTTP requests")]);
    expect(worker.calls).toEqual([]);
  });

  test("may serve several services, and leaves them all when it goes", async () => {
    const worker = (await join()).serve(({ service }) => ({ params: service }));
    expect(await worker.register("greeter", { token })).toEqual({ ack: true });
    expect(await outcome(call("sum", {}))).toEqual([200, { result: "arithmetic" }]);
    expect(await outcome(call2019(mesh(), "greeter/hi", { body: "{}" }))).toEqual([200, { result: "greeter" }]);
    await worker.close();
    for (const name of ["arithmetic/sum", "greeter/hi"]) {
      expect((await call2019(mesh(), name, { body: "{}" })).status).toBe(500);
    }
  });

  test("that answers twice, late or by another's call is not heard", async () => {
    await using worker = await join();
    await using stranger = await WorkerClient.connect(mesh());
    expect(await stranger.register("greeter", { token })).toEqual({ ack: true });
    const calling = call("sum", {});
    const [asked] = await worker.received(1);
    const id = asked?.id ?? "";
    stranger.answer(id, { params: "stolen" });
    await stranger.settled();
    worker.answer("no-such-call", { params: "unknown" });
    worker.answer(id, { params: "first" });
    worker.answer(id, { params: "second" });
    expect(await outcome(calling)).toEqual([200, { result: "first" }]);
    worker.answer(id, { params: "late" });
    const next = call("sum", {});
    const [, second] = await worker.received(2);
    worker.answer(second?.id ?? "", { params: "next" });
    expect(await outcome(next)).toEqual([200, { result: "next" }]);
  });

  test("answers calls of foreign clients, which have no id", async () => {
    await using worker = (await join()).serve(({ params }) => ({ params }));
    const reply = await mesh().workers.request(
      "fn.shop.arithmetic.sum",
      { payload: new TextEncoder().encode("7"), headers: {} },
      { timeoutMs: 5000 },
    );
    expect(new TextDecoder().decode(reply.payload)).toBe("7");
    expect(reply.headers[CALL_HEADERS.error]).toBeUndefined();
    expect(worker.calls).toEqual([]);
  });
});
