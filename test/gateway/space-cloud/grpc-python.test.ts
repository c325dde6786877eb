import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../../../worker-service/context.ts";
import { defineService } from "../../../worker-service/service.ts";
import { PROJECT, shopConfig, startTestMesh } from "../../support/mesh.ts";
import type { RunningCommand } from "../../support/fmesh.ts";
import { grpcPython } from "../../support/grpc-python.ts";
import { call2019, meshForSuite } from "../calling.ts";
import { PythonCaller, startPythonWorker } from "./grpc-python.ts";

let running = Promise.withResolvers<void>();
let ended = Promise.withResolvers<unknown>();

const probe = defineService("probe", {
  echo: (params: unknown) => params,
  claims: (_params: unknown, { claims }: Context) => claims,
  broken: () => {
    throw new Error("password=hunter2");
  },
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

const config = shopConfig(
  {
    probe: { default: "allow", claims: "authenticated", closed: "deny" },
    python: { default: "allow", auth: "authenticated" },
    snake: { default: "allow" },
    away: { default: "allow" },
  },
  { gateway: { spaceCloud: { grpcPort: 0 } } },
);

describe("a Python client's call over gRPC", () => {
  grpcPython();
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });
  let caller: PythonCaller;
  beforeAll(() => {
    caller = new PythonCaller(mesh().gateway.grpcAddress ?? "");
  });
  afterAll(() => caller[Symbol.asyncDispose]());

  test.each([
    ["an object", '{"num1":10,"list":[1,null,"\u2713"]}'],
    ["null", "null"],
    ["a string", '"text"'],
  ])("is answered: %s", async (_what, params) => {
    const { ended: answer } = caller.call({ service: "probe", function: "echo", params, timeout: 5, project: PROJECT });
    expect(await answer).toEqual({ status: 200, error: "", result: params });
  });

  test("needs no project where there is only one", async () => {
    const { ended: answer } = caller.call({ service: "probe", function: "echo", params: "1" });
    expect(await answer).toEqual({ status: 200, error: "", result: "1" });
  });

  test("carries its token, and is refused without one", async () => {
    const call = { service: "probe", function: "claims", params: "{}" };
    const token = await mesh().token({ id: "u1", role: "admin" });
    const { result = "" } = await caller.call({ ...call, token }).ended;
    expect(JSON.parse(result)).toMatchObject({ id: "u1", role: "admin" });
    expect(await caller.call(call).ended).toMatchObject({ status: 403, result: "" });
    expect(await caller.call({ ...call, token: "nonsense" }).ended).toMatchObject({ status: 403, result: "" });
  });

  test.each([
    ["a rule that refuses", { service: "probe", function: "closed", params: "1" }, 403],
    ["no rule", { service: "unheard", function: "of", params: "1" }, 403],
    ["another project", { service: "probe", function: "echo", params: "1", project: "other" }, 403],
    ["params that are not JSON", { service: "probe", function: "echo", params: '{"a":' }, 500],
    ["no worker", { service: "away", function: "f", params: "1" }, 500],
    ["a function that fails", { service: "probe", function: "broken", params: "1" }, 500],
    ["a timeout", { service: "probe", function: "endless", params: "1", timeout: 400 }, 500],
  ])("has the transport's OK and a status of its own: %s", async (_what, call, status) => {
    const answer = await caller.call(call).ended;
    expect(answer).toMatchObject({ status, result: "", error: expect.stringMatching(/./) as string });
    expect(answer.error).not.toContain("hunter2");
  });

  test("of a method that is not there is unimplemented", async () => {
    expect(await caller.read()).toEqual({ code: "UNIMPLEMENTED" });
  });

  test.each(["cancels", "gives up", "is killed"])("stops its function when its caller %s", async (how) => {
    running = Promise.withResolvers();
    ended = Promise.withResolvers();
    await using own = new PythonCaller(mesh().gateway.grpcAddress ?? "");
    const call = { service: "probe", function: "endless", params: "1", timeout: 60 };
    const begun = own.call({ ...call, ...(how === "gives up" && { deadline: 0.5 }) });
    await running.promise;
    if (how === "cancels") begun.cancel();
    if (how === "is killed") own.kill();
    expect(await ended.promise).toMatchObject({ code: "cancelled" });
    if (how === "cancels") expect(await begun.ended).toEqual({ code: "CANCELLED" });
    if (how === "gives up") expect(await begun.ended).toEqual({ code: "DEADLINE_EXCEEDED" });
  });

  test("carries a megabyte, sixteen at a time", async () => {
    const params = JSON.stringify("x".repeat(999_998));
    const calls = Array.from({ length: 16 }, () => caller.call({ service: "probe", function: "echo", params }).ended);
    for (const { status, result } of await Promise.all(calls)) {
      expect({ status, isWhole: result === params }).toEqual({ status: 200, isWhole: true });
    }
  });
});

describe("a Python worker on a gRPC stream", () => {
  const mesh = meshForSuite({ kind: "embedded", config });
  const address = (): string => mesh().gateway.grpcAddress ?? "";
  let worker: RunningCommand;

  async function served(services: string[]): Promise<RunningCommand> {
    const started = startPythonWorker(address(), { project: PROJECT, token: await mesh().token(), services });
    await started.until((output) => output.split('{"ack": true}').length > services.length);
    return started;
  }
  beforeAll(async () => {
    worker = await served(["python", "snake"]);
  });
  afterAll(() => worker.stop("SIGKILL"));

  const call = async (name: string, params: unknown, token?: string): Promise<[number, unknown]> => {
    const body = JSON.stringify({ params });
    const response = await call2019(mesh(), name, { body, ...(token !== undefined && { token }) });
    return [response.status, await response.json()];
  };

  test.each([
    ["an object", { num1: 10, list: [1, null, "\u2713"] }],
    ["null", null],
    ["a string", "text"],
  ])("gets what was sent and answers it: %s", async (_what, params) => {
    expect(await call("python/echo", params)).toEqual([200, { result: params }]);
  });

  test("serves both of its services, and gets the caller's claims", async () => {
    expect(await call("snake/auth", 1)).toEqual([200, { result: { auth: {}, service: "snake" } }]);
    const [, body] = await call("python/auth", 1, await mesh().token({ id: "u1", role: "admin" }));
    expect(body).toMatchObject({ result: { auth: { id: "u1", role: "admin" }, service: "python" } });
  });

  test.each([
    ["nothing", 200, { result: null }],
    ["twice", 200, { result: "first" }],
    ["garbage", 500, { error: "the worker's answer is not JSON" }],
    ["binary", 500, { error: "the worker's answer is not JSON" }],
    ["unheardOf", 500, { error: "Function not registered" }],
  ])("answers %s", async (name, status, body) => {
    expect(await call(`python/${name}`, 1)).toEqual([status, body]);
  });

  test("carries a megabyte, sixteen at a time", async () => {
    const params = "x".repeat(900_000);
    const answers = await Promise.all(Array.from({ length: 16 }, () => call("python/echo", params)));
    for (const [status, body] of answers) {
      expect(status).toBe(200);
      expect((body as { result: string }).result === params).toBe(true);
    }
  });

  test("is refused with a bad token, and its process stays", async () => {
    const refused = startPythonWorker(address(), { token: "nonsense", services: ["python"] });
    await refused.until(/"ack": false, "error": "[^"]+"/);
    expect(await call("python/echo", 1)).toEqual([200, { result: 1 }]);
    await refused.stop("SIGKILL");
  });

  test("that is killed fails its calls at once", async () => {
    const victim = await served(["away"]);
    const lost = call("away/hang", 1);
    await victim.until(/"hanging"/);
    process.kill(victim.pid, "SIGKILL");
    expect(await lost).toEqual([500, { error: "worker disconnected" }]);
    await victim.exited;
  });
});

describe("a gateway that closes", () => {
  test("finishes calls that its workers on gRPC have, and then ends their streams", async () => {
    await using mesh = await startTestMesh({ kind: "embedded", config });
    const worker = startPythonWorker(mesh.gateway.grpcAddress ?? "", {
      token: await mesh.token(),
      services: ["python"],
    });
    await worker.until(/"ack": true/);
    const calls = Array.from({ length: 20 }, () => call2019(mesh, "python/slow", { body: '{"params":1}' }));
    await worker.until((output) => output.split('"slow"').length === 21);
    const closed = mesh.gateway.close();
    for (const answer of calls) expect(await (await answer).json()).toEqual({ result: 1 });
    await closed;
    await worker.until(/"ended": "UNAVAILABLE"/);
    expect(await worker.exited).toBe(0);
  });
});
