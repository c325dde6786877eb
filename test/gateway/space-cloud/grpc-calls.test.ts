import { Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../../../worker-service/context.ts";
import { defineService } from "../../../worker-service/service.ts";
import { recordSpans } from "../../mesh/tracing/recorded-spans.ts";
import { shopConfig, testConfig } from "../../support/mesh.ts";
import { meshForSuite } from "../calling.ts";
import { openRaw } from "../raw-connection.ts";
import { type SpaceCloudClient, callGrpc, connect } from "./grpc-client.ts";

let running = Promise.withResolvers<void>();
let ended = Promise.withResolvers<unknown>();

const probe = defineService("probe", {
  echo: (params: unknown) => params,
  claims: (_params: unknown, { claims }: Context) => claims,
  nothing: () => undefined,
  text: () => "\u2713 text",
  items: async function* () {
    yield* [1, { two: 2 }];
  },
  bytes: () => new Uint8Array([1, 2]),
  broken: () => {
    throw new Error("password=hunter2");
  },
  budget: (_params: unknown, { deadlineMs }: Context) => deadlineMs - Date.now(),
  endless: (_params: unknown, { signal }: Context) => {
    running.resolve();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        ended.resolve(signal.reason);
        resolve(undefined);
      });
    });
  },
});

const RULES = {
  probe: {
    default: "allow",
    claims: "authenticated",
    admins: { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" },
    own: { rule: "match", type: "string", eval: "==", f1: "args.auth.id", f2: "args.params.owner" },
    closed: "deny",
  },
  away: { default: "allow" },
};

describe("a call over gRPC", () => {
  const spans = recordSpans();
  const { tracing } = spans;
  const config = shopConfig(RULES, { gateway: { spaceCloud: { grpcPort: 0 }, limits: { maxTimeoutMs: 60_000 } } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe], tracing });
  let client: SpaceCloudClient;
  beforeAll(() => {
    client = connect(mesh().gateway.grpcAddress ?? "");
  });
  afterAll(() => {
    client.close();
    spans[Symbol.dispose]();
  });

  test.each([
    ["an object", { num1: 10, deep: { list: [1, null, "\u2713"] } }],
    ["null", null],
    ["a string", "text"],
    ["a number that no other has", 12345.678],
    ["an array", [1, [2]]],
  ])("is answered with the bare result: %s", async (_what, params) => {
    const { status: ended, error, result } = await callGrpc(client, "probe/echo", { params });
    expect({ ended, error, result: JSON.parse(result) }).toEqual({ ended: 200, error: "", result: params });
  });

  test.each([
    ["nothing", "null"],
    ["text", '"\u2713 text"'],
    ["items", '[1,{"two":2}]'],
  ])("carries what no JSON was as JSON: %s", async (name, result) => {
    expect(await callGrpc(client, `probe/${name}`)).toEqual({ status: 200, error: "", result });
  });

  test("goes to the only project when it names none, and to the one that it names", async () => {
    expect(await callGrpc(client, "probe/echo")).toMatchObject({ status: 200 });
    expect(await callGrpc(client, "probe/echo", { project: "shop" })).toMatchObject({ status: 200 });
    const { status: code, error } = await callGrpc(client, "probe/echo", { project: "other" });
    expect({ code, error }).toEqual({ code: 403, error: 'no rule allows calling "probe.echo"' });
  });

  test("takes the absence of params for null", async () => {
    const params = new Uint8Array(0);
    expect(await callGrpc(client, "probe/echo", { params })).toEqual({ status: 200, error: "", result: "null" });
  });

  test("is decided by the rule, with the raw token", async () => {
    const token = await mesh().token({ id: "u1", role: "admin" });
    expect(await callGrpc(client, "probe/claims")).toMatchObject({ status: 403, result: "" });
    const { result } = await callGrpc(client, "probe/claims", { token });
    expect(JSON.parse(result)).toMatchObject({ id: "u1", role: "admin" });

    expect((await callGrpc(client, "probe/admins", { token: await mesh().token() })).status).toBe(403);
    expect(await callGrpc(client, "probe/own", { token, params: { owner: "u2" } })).toMatchObject({ status: 403 });
    expect(await callGrpc(client, "probe/closed", { token })).toMatchObject({ status: 403 });
    expect(await callGrpc(client, "unheard/of", { token })).toMatchObject({ status: 403 });
  });

  test.each([
    ["nonsense", () => "no token"],
    ["a header's value", (good: string) => `Bearer ${good}`],
    ["one with a changed signature", (good: string) => `${good.slice(0, -6)}AAAAAA`],
  ])("is refused with a bad token: %s", async (_what, spoil) => {
    const token = spoil(await mesh().token());
    expect(await callGrpc(client, "probe/claims", { token })).toMatchObject({ status: 403, result: "" });
  });

  test.each([
    ["params that are not JSON", "probe/echo", { params: Buffer.from('{"a":') }, "the params are not JSON"],
    ["params that are not text", "probe/echo", { params: Buffer.from([0x22, 0xff, 0x22]) }, "the params are not JSON"],
    ["a name that is none", "probe/a.b", {}, 'function name "a.b" is not valid'],
    ["a worker that is away", "away/f", {}, ""],
    ["a result that JSON cannot carry", "probe/bytes", {}, "which this path cannot carry"],
    ["a function that fails", "probe/broken", {}, ""],
  ])("has the status 500 and a reason: %s", async (_what, name, request, reason) => {
    const { status: ended, error, result } = await callGrpc(client, name, request);
    expect({ ended, result }).toEqual({ ended: 500, result: "" });
    expect(error).not.toBe("");
    expect(error).toContain(reason);
    expect(error).not.toContain("hunter2");
  });

  test.each([
    [0, 10_000],
    [-1, 10_000],
    [2, 2000],
    [5000, 5000],
    [86_400_000, 60_000],
  ])("has the time that its number of either unit means: %i", async (timeout, ms) => {
    const left = Number((await callGrpc(client, "probe/budget", { timeout })).result);
    expect(left).toBeLessThanOrEqual(ms);
    expect(left).toBeGreaterThan(ms - 1500);
  });

  test("that takes too long is told so, and its function stops", async () => {
    ended = Promise.withResolvers();
    const { status: code, error } = await callGrpc(client, "probe/endless", { timeout: 400 });
    expect(code).toBe(500);
    expect(error).toContain("400 ms");
    await ended.promise;
  });

  test("stops its function when its client cancels it", async () => {
    running = Promise.withResolvers();
    ended = Promise.withResolvers();
    const failed = Promise.withResolvers<number | undefined>();
    const request = { service: "probe", function: "endless", params: Buffer.from("1") };
    const call = client.Call(request, (error) => failed.resolve(error?.code));
    await running.promise;
    call.cancel();
    expect(await ended.promise).toMatchObject({ code: "cancelled" });
    expect(await failed.promise).toBe(status.CANCELLED);
  });

  test("is made beside many others on one connection", async () => {
    const params = Array.from({ length: 200 }, (_, number) => ({ number, fill: "x".repeat(number * 10) }));
    const results = await Promise.all(params.map((each) => callGrpc(client, "probe/echo", { params: each })));
    expect(results.map(({ result }) => JSON.parse(result) as unknown)).toEqual(params);
  });

  test("carries a megabyte both ways, sixteen at a time, and no more than HTTP does", async () => {
    const params = "x".repeat(999_998);
    const results = await Promise.all(Array.from({ length: 16 }, () => callGrpc(client, "probe/echo", { params })));
    for (const { status: code, result } of results) {
      expect(code).toBe(200);
      expect(result.length).toBe(1_000_000);
    }
    const { status: code, error } = await callGrpc(client, "probe/echo", { params: `${params}x` });
    expect({ code, error }).toEqual({ code: 500, error: "the body is larger than the 1000000 bytes allowed here" });
    // More than that is no call at all: the library takes nothing of it.
    const far = callGrpc(client, "probe/echo", { params: "x".repeat(5_000_000) });
    await expect(far).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  test.each(["Create", "Read", "RealTime", "PubsubPublish", "Nonsense"])(
    "of another method is unimplemented: %s",
    async (method) => {
      const answer = Promise.withResolvers<number | undefined>();
      const pass = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(`/proto.SpaceCloud/${method}`, pass, pass, Buffer.alloc(0), (error) =>
        answer.resolve(error?.code),
      );
      expect(await answer.promise).toBe(status.UNIMPLEMENTED);
    },
  );

  test("that is garbage harms nobody", async () => {
    const answer = Promise.withResolvers<number | undefined>();
    const pass = (bytes: Buffer): Buffer => bytes;
    client.makeUnaryRequest("/proto.SpaceCloud/Call", pass, pass, Buffer.from([0xff, 0xff, 0xff]), (error) =>
      answer.resolve(error?.code),
    );
    expect(await answer.promise).toBe(status.INTERNAL);

    const address = `http://${mesh().gateway.grpcAddress}`;
    for (const bytes of [
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u00ff\u0001\u0002",
      "\0".repeat(5000),
    ]) {
      const raw = await openRaw(address);
      raw.send(bytes);
      raw.reset();
    }
    expect(await callGrpc(client, "probe/echo", { params: 1 })).toMatchObject({ status: 200, result: "1" });
  });

  test("is counted and traced like any other", async () => {
    await callGrpc(client, "probe/nothing");
    await callGrpc(client, "probe/closed");
    const text = await (await fetch(`${mesh().url}/metrics`)).text();
    const route = 'http_route="/proto.SpaceCloud/Call"';
    expect(text).toMatch(
      new RegExp(`^http_server_request_duration_seconds_count.*${route}.*status_code="403".* [1-9]`, "m"),
    );
    expect(text).toMatch(/^fmesh_calls_total\{.*function="nothing",code="ok"\} [1-9]/m);
    expect(text).not.toMatch(/^fmesh_calls_total\{.*function="closed"/m);
  });

  test("goes on with its caller's trace, and leaves a span", async () => {
    const metadata = new Metadata();
    metadata.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const answered = Promise.withResolvers<unknown>();
    client.Call({ service: "probe", function: "nothing" }, metadata, (_error, answer) => answered.resolve(answer));
    expect(await answered.promise).toMatchObject({ status: 200 });
    const traced = spans.spans().filter((span) => span.spanContext().traceId === "4bf92f3577b34da6a3ce929d0e0e4736");
    const served = traced.find(({ name }) => name === "proto.SpaceCloud/Call");
    expect(served?.attributes).toMatchObject({ "rpc.system": "grpc", "rpc.method": "Call" });
    expect(traced.length).toBeGreaterThan(1);
  });
});

describe("a gateway with several projects", () => {
  const projects = ["a", "b"].map((id) => ({
    id,
    secret: "a-secret-for-tests-of-at-least-32-bytes",
    services: { probe: { functions: { default: { rule: { rule: "allow" } } } } },
  }));
  const config = { projects, gateway: { spaceCloud: { grpcPort: 0 } } };
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe], project: "b" });

  test("takes the project that a call names, and no call without one", async () => {
    const client = connect(mesh().gateway.grpcAddress ?? "");
    expect(await callGrpc(client, "probe/echo", { project: "b" })).toMatchObject({ status: 200 });
    const { status: code, error } = await callGrpc(client, "probe/echo");
    expect({ code, error }).toEqual({
      code: 500,
      error: "the call names no project, and there is not exactly one; name it",
    });
    client.close();
  });

  test("puts a changed configuration in force for the next call", async () => {
    const client = connect(mesh().gateway.grpcAddress ?? "");
    mesh().gateway.replaceConfig(testConfig({ ...config, projects: projects.slice(1) }));
    expect(await callGrpc(client, "probe/echo")).toMatchObject({ status: 200 });
    client.close();
  });
});

describe("a gateway without the option", () => {
  const mesh = meshForSuite({ kind: "embedded", config: shopConfig(RULES) });

  test("serves no gRPC", () => {
    expect(mesh().gateway.grpcAddress).toBeUndefined();
  });
});
