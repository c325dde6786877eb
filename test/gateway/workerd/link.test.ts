import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Watched, newWatched, streaming } from "../streaming.ts";
import { callNative } from "../calling.ts";
import { probe } from "../probe.ts";
import { shopConfig } from "../../support/mesh.ts";
import { type Edge, startEdge, until } from "./edge.ts";

const OPEN = shopConfig({ default: { default: "allow" } });
let watched: Watched;
let edge: Edge;

beforeAll(async () => {
  edge = await startEdge({ config: OPEN, services: [probe, streaming(() => watched)] });
});
afterAll(() => edge[Symbol.asyncDispose]());

test("nothing is connected before there is a call, and one connection serves all that follow", async () => {
  await using other = await startEdge({ config: OPEN, services: [probe] });
  expect(await (await fetch(`${other.url}/livez`)).json()).toEqual({ status: "ok" });
  expect(other.links()).toBe(0);
  for (const n of [1, 2, 3]) {
    expect(await (await callNative(other, "probe/echo", { body: String(n) })).json()).toBe(n);
  }
  const many = Array.from({ length: 1000 }, (_, n) => callNative(other, "probe/echo", { body: String(n) }));
  const answers = await Promise.all(many.map(async (answer) => Number(await (await answer).text())));
  expect(answers).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  expect(other.links()).toBe(1);
}, 30_000);

test("several objects share the calls when there are to be several", async () => {
  await using other = await startEdge({ config: OPEN, services: [probe], bindings: { FMESH_LINKS: "3" } });
  const calls = Array.from({ length: 60 }, () => callNative(other, "probe/echo", { body: "1" }));
  for (const answer of await Promise.all(calls)) expect(answer.status).toBe(200);
  expect(other.links()).toBe(3);
});

test("a connection that nobody uses is hung up, and opened again for the next call", async () => {
  await using other = await startEdge({ config: OPEN, services: [probe], bindings: { FMESH_IDLE_SECONDS: "1" } });
  expect((await callNative(other, "probe/echo", { body: "1" })).status).toBe(200);
  expect(other.links()).toBe(1);
  await until(() => other.links() === 0);
  expect((await callNative(other, "probe/echo", { body: "1" })).status).toBe(200);
});

test("an object takes so many calls at a time, and refuses the others as overloaded", async () => {
  await using other = await startEdge({ config: OPEN, services: [probe], bindings: { FMESH_MAX_IN_FLIGHT: "2" } });
  const headers = { "X-Request-Timeout": "1" };
  const calls = Array.from({ length: 5 }, () => callNative(other, "probe/never", { body: "1", headers }));
  const problems = await Promise.all(calls.map(async (answer) => (await (await answer).json()) as { code: string }));
  const count = (wanted: string): number => problems.filter(({ code }) => code === wanted).length;
  expect([count("deadline_exceeded"), count("overloaded")]).toEqual([2, 3]);
  expect((await callNative(other, "probe/echo", { body: "1" })).status).toBe(200);
});

test("what a function throws arrives as it was thrown", async () => {
  const refused = await callNative(edge, "probe/refuse", { body: "{}" });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    code: "function_failed",
    reason: "out_of_stock",
    data: { left: 3 },
    detail: "only 3 left",
  });
  const nowhere = await callNative(edge, "nobody/serves", { body: "{}" });
  expect(nowhere.status).toBe(404);
  expect(await nowhere.json()).toMatchObject({ code: "function_not_found" });
});

test("a reply that is a stream passes as it comes, and a stream that fails ends with its own error", async () => {
  const items = await callNative(edge, "streaming/items", { body: "{}" });
  expect(await items.text()).toBe('{"n":1}\n"two"\nnull\n');
  const fails = await callNative(edge, "streaming/fails", { headers: { Accept: "text/event-stream" }, body: "{}" });
  expect(await fails.text()).toContain("no more today");
  const large = await callNative(edge, "streaming/large", { body: "{}" });
  expect((await large.bytes()).length).toBe(3_000_000);
});

test("a body of unknown length passes through the object as it comes", async () => {
  const chunk = new Uint8Array(100_000).fill(1);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let n = 0; n < 5; n++) controller.enqueue(chunk);
      controller.close();
    },
  });
  const answer = await callNative(edge, "streaming/size", { body });
  expect(await answer.json()).toBe(500_000);
});

test("a reader who leaves a stream ends the handler that writes it", async () => {
  watched = newWatched();
  const reply = await callNative(edge, "streaming/ticks", { body: "{}" });
  const reader = reply.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect(watched.finished.promise).resolves.toBeUndefined();
});

test("a stream that nobody reads is written no further than the windows on its way", async () => {
  watched = newWatched();
  const bytes = 200 * 1024 * 1024;
  const reply = await callNative(edge, "streaming/flood", { body: JSON.stringify({ bytes }) });
  const reader = reply.body?.getReader();
  await reader?.read();
  let before = -1;
  await until(async () => {
    const isStill = before === watched.producedBytes;
    before = watched.producedBytes;
    await Bun.sleep(200);
    return isStill && before > 0;
  });
  expect(watched.producedBytes).toBeLessThan(bytes / 4);
  await reader?.cancel();
});

test("what is larger than the broker's messages comes in parts, though the Worker cannot know how large they may be", async () => {
  await using other = await startEdge({ config: OPEN, services: [probe], nats: { maxPayloadBytes: 65_536 } });
  const text = "x".repeat(200_000);
  const answer = await callNative(other, "probe/echo", { body: JSON.stringify(text) });
  expect(await answer.json()).toBe(text);
});

test("a caller whose connection breaks while it waits ends the handler", async () => {
  watched = newWatched();
  const { hostname, port } = new URL(edge.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const body = "{}";
  socket.write(
    `POST /v1/call/shop/streaming/never HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await watched.begun.promise;
  // The server notices a connection that was reset; of one that was only closed it hears when it writes.
  socket.resetAndDestroy();
  await expect(watched.aborted.promise).resolves.toBeDefined();
});
