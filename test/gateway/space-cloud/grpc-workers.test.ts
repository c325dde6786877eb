import { status } from "@grpc/grpc-js";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shopConfig, startTestMesh } from "../../support/mesh.ts";
import { startCommand } from "../../support/fmesh.ts";
import { call2019, meshForSuite } from "../calling.ts";
import { callGrpc, connect } from "./grpc-client.ts";
import { GrpcWorker } from "./grpc-worker.ts";

const WORKER = join(import.meta.dirname, "../fixtures/grpc/worker.ts");
const SERVED = { default: "allow", guarded: "authenticated" };

describe("a worker on a gRPC stream", () => {
  const config = shopConfig(
    { arithmetic: SERVED, other: SERVED, hasty: SERVED },
    { gateway: { spaceCloud: { grpcPort: 0 } } },
  );
  const mesh = meshForSuite({ kind: "embedded", config });
  const address = (): string => mesh().gateway.grpcAddress ?? "";
  const call = (name: string, params: unknown = null, token?: string): Promise<Response> =>
    call2019(mesh(), name, { body: JSON.stringify({ params }), ...(token !== undefined && { token }) });
  const start = (service: string, token: string): ReturnType<typeof startCommand> =>
    startCommand([process.execPath, WORKER, address(), token, service]);

  async function registered(service = "arithmetic"): Promise<GrpcWorker> {
    const worker = new GrpcWorker(address());
    expect(await worker.register(service, { token: await mesh().token() })).toEqual({ ack: true });
    return worker;
  }

  test("serves calls that come over HTTP and over gRPC", async () => {
    await using worker = await registered();
    const overHttp = call("arithmetic/sum", { num1: 10, num2: 20 });
    const first = await worker.nextCall();
    expect(first).toMatchObject({ service: "arithmetic", function: "sum", params: { num1: 10, num2: 20 }, auth: {} });
    worker.answer(first.id, { sum: 30 });
    expect(await (await overHttp).json()).toEqual({ result: { sum: 30 } });

    const client = connect(address());
    const overGrpc = callGrpc(client, "arithmetic/sum", { params: [1] });
    const second = await worker.nextCall();
    expect(second.id).not.toBe(first.id);
    worker.answer(second.id, "text");
    expect(await overGrpc).toEqual({ status: 200, error: "", result: '"text"' });
    client.close();
  });

  test("gets the caller's claims, and null for params that were not sent", async () => {
    await using worker = await registered();
    const token = await mesh().token({ id: "u1", role: "admin" });
    const answer = call2019(mesh(), "arithmetic/guarded", { body: "{}", token });
    const asked = await worker.nextCall();
    expect(asked).toMatchObject({ params: null, auth: { id: "u1", role: "admin" } });
    worker.answer(asked.id, 1);
    expect((await answer).status).toBe(200);
  });

  test.each([
    ["nothing", new Uint8Array(0), {}, 200, { result: null }],
    ["null", null, {}, 200, { result: null }],
    ["a list", [1, "\u2713"], {}, 200, { result: [1, "\u2713"] }],
    ["an error", new Uint8Array(0), { error: "Function not registered" }, 500, { error: "Function not registered" }],
    ["what is not JSON", Buffer.from("{"), {}, 500, { error: "the worker's answer is not JSON" }],
    ["what is not text", Buffer.from([0x22, 0xff, 0x22]), {}, 500, { error: "the worker's answer is not JSON" }],
  ])("may answer %s", async (_what, params, more, code, body) => {
    await using worker = await registered();
    const answer = call("arithmetic/f");
    worker.answer((await worker.nextCall()).id, params, more);
    expect((await answer).status).toBe(code);
    expect(await (await answer).json()).toEqual(body);
  });

  test("is not listened to when it answers twice, late, or for others", async () => {
    await using worker = await registered();
    await using other = await registered("other");
    const answer = call("arithmetic/f");
    const { id } = await worker.nextCall();
    other.answer(id, "of another");
    worker.answer("of nobody", "nothing");
    worker.send({ type: "of a later version", id });
    // Whoever is answered has had all his messages read.
    expect(await other.register("other", { token: await mesh().token() })).toEqual({ ack: true });
    worker.answer(id, "first");
    worker.answer(id, "second");
    expect(await (await answer).json()).toEqual({ result: "first" });
    const next = call("arithmetic/f");
    worker.answer((await worker.nextCall()).id, "next");
    expect(await (await next).json()).toEqual({ result: "next" });
  });

  test("serves several services on a stream, and the same one twice without getting more of its calls", async () => {
    await using worker = await registered();
    const token = await mesh().token();
    expect(await worker.register("other", { token })).toEqual({ ack: true });
    expect(await worker.register("arithmetic", { token })).toEqual({ ack: true });
    const answers = ["arithmetic/f", "other/f"].map((name) => call(name));
    for (let count = 0; count < 2; count++) {
      const { id, service } = await worker.nextCall();
      worker.answer(id, service);
    }
    expect(await Promise.all(answers.map(async (each) => (await (await each).json()) as unknown))).toEqual([
      { result: "arithmetic" },
      { result: "other" },
    ]);
  });

  test.each([
    ["without a token", "arithmetic", () => ""],
    ["with a bad token", "arithmetic", () => "nonsense"],
    ["for a name that is none", "a.b", (good: string) => good],
    ["for a name that is not for workers", "functions", (good: string) => good],
  ])("is told why it may not register: %s", async (_why, service, token) => {
    await using worker = new GrpcWorker(address());
    const ack = await worker.register(service, { token: token(await mesh().token()) });
    expect(ack).toEqual({ ack: false, error: expect.stringMatching(/./) as string });
    // The stream stays: the next try may be better.
    expect(await worker.register("arithmetic", { token: await mesh().token() })).toEqual({ ack: true });
  });

  test("is told so for a project that is not there", async () => {
    await using worker = new GrpcWorker(address());
    const ack = await worker.register("arithmetic", { token: await mesh().token(), project: "elsewhere" });
    expect(ack).toMatchObject({ ack: false });
  });

  test("may ask for the same a thousand times at once", async () => {
    await using worker = new GrpcWorker(address());
    const token = await mesh().token();
    const acks = await Promise.all(Array.from({ length: 1000 }, () => worker.register("arithmetic", { token })));
    expect(acks).toEqual(acks.map(() => ({ ack: true })));
  });

  test("that ends its stream leaves at once", async () => {
    const worker = await registered("hasty");
    const answer = call("hasty/f");
    await worker.nextCall();
    worker.end();
    expect(await (await answer).json()).toEqual({ error: "worker disconnected" });
    expect(await worker.ended).toBe(status.OK);
    expect((await call("hasty/f")).status).toBe(500);
    await worker[Symbol.asyncDispose]();
  });

  test("that cancels its stream leaves at once", async () => {
    const worker = await registered("hasty");
    const answer = call("hasty/f");
    await worker.nextCall();
    await worker[Symbol.asyncDispose]();
    expect(await (await answer).json()).toEqual({ error: "worker disconnected" });
  });

  test("that is killed fails the calls that it had, and the others take the next ones", async () => {
    const token = await mesh().token();
    const victim = start("arithmetic", token);
    await victim.until(/registered \{"ack":true\}/);
    const lost = ["hang", "hang"].map((name) => call(`arithmetic/${name}`));
    await victim.until((output) => output.split("hanging").length === 3);
    const other = start("arithmetic", token);
    await other.until(/registered \{"ack":true\}/);
    process.kill(victim.pid, "SIGKILL");
    for (const answer of lost) {
      expect((await answer).status).toBe(500);
      expect(await (await answer).json()).toEqual({ error: "worker disconnected" });
    }
    for (let count = 0; count < 10; count++) {
      expect(await (await call("arithmetic/pid")).json()).toEqual({ result: other.pid });
    }
    await other.stop("SIGKILL");
  });

  test("shares calls with others of its service, whatever they are", async () => {
    const token = await mesh().token();
    const workers = [start("arithmetic", token), start("arithmetic", token), start("arithmetic", token)];
    await Promise.all(workers.map((worker) => worker.until(/registered \{"ack":true\}/)));
    const pids = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const answer = (await (await call("arithmetic/pid")).json()) as { result: number };
        return answer.result;
      }),
    );
    expect(new Set(pids)).toEqual(new Set(workers.map(({ pid }) => pid)));
    await Promise.all(workers.map((worker) => worker.stop("SIGKILL")));
  });

  test("carries large params and results, many at a time", async () => {
    const worker = start("arithmetic", await mesh().token());
    await worker.until(/registered \{"ack":true\}/);
    const params = "x".repeat(900_000);
    const answers = await Promise.all(Array.from({ length: 16 }, () => call("arithmetic/echo", params)));
    for (const answer of answers) {
      const { result, error } = (await answer.json()) as { result?: string; error?: string };
      expect({ error, isWhole: result === params }).toEqual({ error: undefined, isWhole: true });
    }
    await worker.stop("SIGKILL");
  });

  test("is found by whoever asks the mesh who is there", async () => {
    await using worker = await registered("other");
    const names = await mesh().workers.gather(
      "$SRV.PING",
      { payload: new Uint8Array(0), headers: {} },
      { timeoutMs: 300 },
    );
    const services = names.map(
      ({ payload }) => (JSON.parse(new TextDecoder().decode(payload)) as { name: string }).name,
    );
    expect(services).toContain("other");
    worker.end();
    await worker.ended;
  });
});

test("a worker that stands still is taken for gone when it leaves a ping unanswered", async () => {
  const config = shopConfig({ hasty: SERVED }, { gateway: { spaceCloud: { grpcPort: 0, pingSeconds: 1 } } });
  await using mesh = await startTestMesh({ kind: "embedded", config });
  const args = [mesh.gateway.grpcAddress ?? "", await mesh.token(), "hasty"];
  const worker = startCommand([process.execPath, WORKER, ...args]);
  await worker.until(/registered \{"ack":true\}/);
  process.kill(worker.pid, "SIGSTOP");
  const answer = await call2019(mesh, "hasty/hang", { body: '{"timeout":60000}' });
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({ error: "worker disconnected" });
  process.kill(worker.pid, "SIGKILL");
  await worker.exited;
});

test("a gateway that closes does not wait for a worker that stands still", async () => {
  const config = shopConfig({ arithmetic: SERVED }, { gateway: { spaceCloud: { grpcPort: 0, pingSeconds: 600 } } });
  await using mesh = await startTestMesh({ kind: "embedded", config });
  const address = mesh.gateway.grpcAddress ?? "";
  const worker = startCommand([process.execPath, WORKER, address, await mesh.token(), "arithmetic"]);
  await worker.until(/registered \{"ack":true\}/);
  process.kill(worker.pid, "SIGSTOP");
  await mesh.gateway.close();
  await expect(callGrpc(connect(address), "arithmetic/f")).rejects.toMatchObject({ code: status.UNAVAILABLE });
  process.kill(worker.pid, "SIGKILL");
  await worker.exited;
});

describe("a project that anybody may serve", () => {
  const { projects, ...rest } = shopConfig({ arithmetic: SERVED }, { gateway: { spaceCloud: { grpcPort: 0 } } });
  const config = { projects: (projects as object[]).map((each) => ({ ...each, registration: "open" })), ...rest };
  const mesh = meshForSuite({ kind: "embedded", config });

  test("asks workers for no token", async () => {
    await using worker = new GrpcWorker(mesh().gateway.grpcAddress ?? "");
    expect(await worker.register("arithmetic")).toEqual({ ack: true });
  });
});
