import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "../../../builder/build.ts";
import { python } from "../../support/python.ts";
import { type FunctionProcess, startFunction } from "./function-process.ts";
import { bundled } from "./bundling.ts";
import { EVERY_RUNTIME } from "./runtimes.ts";

describe.each(EVERY_RUNTIME)("a function in $name, by HTTP", (definition) => {
  let bundle: Bundle;
  let running: FunctionProcess;
  beforeAll(async () => {
    python();
    bundle = await bundled(definition);
    running = await startFunction(bundle, { FMESH_VERSION: "3", K_SERVICE: "greet", K_REVISION: "greet-00003" });
  });
  afterAll(() => running?.[Symbol.asyncDispose]());

  it("takes the body for its params and answers with its result", async () => {
    const response = await running.post({ name: "Ada" }, { "X-Request-Id": "r-1", "Idempotency-Key": "k-1" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-request-id")).toBe("r-1");
    expect(response.headers.get("server-timing")).toMatch(/^fn;dur=/);
    expect(await response.json()).toEqual({ got: { name: "Ada" }, claims: {}, requestId: "r-1", key: "k-1" });
  });

  it("takes the query for its params when it is asked by GET", async () => {
    const response = await fetch(`${running.url}?a=1&a=2&b=x%20y`);
    expect(await response.json()).toMatchObject({ got: { a: "1,2", b: "x y" } });
    const head = await fetch(`${running.url}?a=1`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("takes text as text, a form by its fields, and the data of an event", async () => {
    const text = await running.post("tea", { "Content-Type": "text/plain" });
    expect(await text.json()).toMatchObject({ got: { value: "tea" } });
    const form = await running.post("a=1&b=2", { "Content-Type": "application/x-www-form-urlencoded" });
    expect(await form.json()).toMatchObject({ got: { a: "1", b: "2" } });
    const event = { specversion: "1.0", id: "1", source: "/shop", type: "sold" };
    const binary = Object.entries(event).map(([name, value]): [string, string] => [`ce-${name}`, value]);
    const sent = await running.post({ item: "tea" }, Object.fromEntries(binary));
    expect(await sent.json()).toMatchObject({ got: { item: "tea" } });
    const structured = await running.post(
      { ...event, data: { item: "tea" } },
      { "Content-Type": "application/cloudevents+json" },
    );
    expect(await structured.json()).toMatchObject({ got: { item: "tea" } });
  });

  it("answers nothing with 204, and bytes as bytes", async () => {
    expect((await running.post({ nothing: true })).status).toBe(204);
    const response = await running.post({ bytes: true });
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2]);
  });

  it("tells of a public error all, of any other nothing but that there was one", async () => {
    const refused = await running.post({ refuse: "yes" });
    expect(refused.status).toBe(409);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({
      code: "function_failed",
      detail: "only 3 left",
      reason: "out_of_stock",
      data: { left: 3 },
    });
    const failed = await running.post({ fail: true });
    const problem = await failed.text();
    expect(failed.status).toBe(500);
    expect(problem).not.toContain("secret");
    expect(problem).not.toContain("function.");
    const line = await running.untilSaid("the call failed");
    expect(line).toMatchObject({ level: "error", service: "greet", function_version: "3", revision: "greet-00003" });
    expect(JSON.stringify(line)).toContain("a secret of the shop");
  });

  it("refuses what it does not understand", async () => {
    expect(await (await running.post("{")).json()).toMatchObject({ status: 400, code: "invalid_request" });
    expect(await (await fetch(`${running.url}elsewhere`)).json()).toMatchObject({ status: 404 });
    const put = await fetch(running.url, { method: "PUT", body: "{}" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    const large = await running.post(JSON.stringify("x".repeat(1024 * 1024)));
    expect(large.status).toBe(413);
  });

  it("stops waiting for the handler when the caller does", async () => {
    const response = await running.post({ sleepMs: 300 }, { "X-Request-Timeout": "0.05" });
    expect(await response.json()).toMatchObject({ status: 504, code: "deadline_exceeded" });
  });

  it("answers probes, whatever their path, without calling the handler", async () => {
    for (const path of ["_/live", "_/ready"]) expect((await fetch(running.url + path)).status).toBe(200);
    const probe = { headers: { "User-Agent": "kube-probe/1.32" } };
    expect(await (await fetch(running.url, probe)).json()).toEqual({ status: "ready" });
    expect(await (await fetch(`${running.url}healthz`, probe)).json()).toEqual({ status: "ready" });
  });

  it("believes claims only from a gateway it was told to trust", async () => {
    const headers = { "Fmesh-Claims": `{"role":"admin"}` };
    expect(await (await running.post({}, headers)).json()).toMatchObject({ claims: {} });
    await using trusting = await startFunction(bundle, { FMESH_TRUST_CLAIMS: "1" });
    expect(await (await trusting.post({}, headers)).json()).toMatchObject({ claims: { role: "admin" } });
  });

  it("takes so many calls at once and refuses what comes beyond", async () => {
    await using narrow = await startFunction(bundle, { FMESH_CONCURRENCY: "1", FMESH_QUEUE: "0" });
    const first = narrow.post({ sleepMs: 500 });
    await narrow.untilSaid("sleeping");
    const second = await narrow.post({});
    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await first).status).toBe(200);
    expect((await narrow.post({})).status).toBe(200);
  });

  it("finishes what it has begun when it is told to end, and ends well", async () => {
    await using ending = await startFunction(bundle);
    const call = ending.post({ sleepMs: 300 });
    await ending.untilSaid("sleeping");
    ending.kill("SIGTERM");
    expect((await call).status).toBe(200);
    expect(await ending.ended()).toBe(0);
  });

  it("ends with whoever supervises it", async () => {
    await using supervised = await startFunction(bundle, { FMESH_SUPERVISED: "1" });
    supervised.endInput();
    expect(await supervised.ended()).toBe(0);
  });

  it("ends also when a handler does not", async () => {
    await using ending = await startFunction(bundle, { FMESH_FINISH_MS: "50", FMESH_TIMEOUT_MS: "600000" });
    const call = ending.post({ sleepMs: 600_000 }).catch((error: unknown) => error);
    await ending.untilSaid("sleeping");
    ending.kill("SIGTERM");
    expect(await ending.ended()).toBe(0);
    await call;
  });
});
