import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "../../builder/build.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { Caller } from "../../mesh/caller.ts";
import { silentLog } from "../../mesh/log.ts";
import { bundled, source } from "../builder/bundle/bundling.ts";
import { type FunctionProcess, nodeMajor, startFunction } from "../builder/bundle/function-process.ts";
import { useNats } from "../support/nats.ts";

const PROJECT = "shop";
const RUNTIMES = ["bun", "node", "deno"] as const;

describe.each(RUNTIMES)("what starts a function, on %s", (runtime) => {
  const bundle = (handler: string): Promise<Bundle> => bundled(source(handler, { runtime }));

  describe("with a handler that does more", () => {
    let running: FunctionProcess;
    beforeAll(async () => {
      running = await startFunction(
        await bundle(`
import { fn, PublicError } from "functions-mesh";

const isText = { "~standard": { version: 1, vendor: "test", validate: (value: any) =>
  typeof value?.name === "string" ? { value } : { issues: [{ message: "is no text", path: ["name"] }] } } } as const;

async function* count(context: any) {
  try {
    for (let number = 1; ; number++) {
      yield { number };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } finally {
    context.log.info("counting ended");
  }
}

export default fn({ input: isText as any }, async ({ name }: { name: string }, context) => {
  if (name === "count") return count(context);
  if (name === "three") return (async function* () { yield 1; yield 2; yield 3; })();
  if (name === "late") return (async function* () { yield 1; throw new PublicError("no further"); })();
  if (name === "bytes") return new Blob(["tea"]).stream();
  if (name === "response") return new Response("tea", { status: 418, headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
  if (name === "wait") {
    context.log.info("waiting");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    context.log.info("gave up");
  }
  if (name === "stray") setTimeout(() => { throw new Error("nobody catches this"); }, 1);
  return { traceId: context.trace.traceId, left: context.deadlineMs - Date.now() };
});
`),
      );
    });
    afterAll(() => running?.[Symbol.asyncDispose]());

    it("checks its params by its schema", async () => {
      const response = await running.post({ name: 5 });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: "invalid_request",
        errors: [{ path: ["name"], message: "is no text" }],
      });
    });

    it("streams items as lines, and bytes as they are", async () => {
      const items = await running.post({ name: "three" });
      expect(items.headers.get("content-type")).toBe("application/x-ndjson");
      expect(await items.text()).toBe("1\n2\n3\n");
      const bytes = await running.post({ name: "bytes" });
      expect([bytes.headers.get("content-type"), await bytes.text()]).toEqual(["application/octet-stream", "tea"]);
    });

    it("breaks a stream off when the handler does", async () => {
      const read = running.post({ name: "late" }).then((response) => response.text());
      await expect(read).rejects.toThrow(/closed|reset/i);
    });

    it("ends a stream that nobody reads any more", async () => {
      const gone = new AbortController();
      const response = await fetch(running.url, { method: "POST", body: `{"name":"count"}`, signal: gone.signal });
      const reader = response.body?.getReader();
      expect(new TextDecoder().decode((await reader?.read())?.value)).toContain(`{"number":1}`);
      gone.abort();
      await running.untilSaid("counting ended");
    });

    it("tells the handler that its caller has gone", async () => {
      const gone = new AbortController();
      const call = fetch(running.url, { method: "POST", body: `{"name":"wait"}`, signal: gone.signal });
      await running.untilSaid("waiting");
      gone.abort();
      await expect(call).rejects.toThrow("abort");
      await running.untilSaid("gave up");
    });

    it("passes a Response on as it is", async () => {
      const response = await running.post({ name: "response" });
      expect([response.status, await response.text()]).toEqual([418, "tea"]);
      expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    });

    it("goes on with the caller's trace, an event's too, and its time", async () => {
      const traceId = "0af7651916cd43dd8448eb211c80319c";
      const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
      for (const name of ["traceparent", "ce-traceparent"]) {
        const response = await running.post({ name: "x" }, { [name]: traceparent, "X-Request-Timeout": "2.5" });
        const { traceId: got, left } = (await response.json()) as { traceId: string; left: number };
        expect(got).toBe(traceId);
        expect(left).toBeGreaterThan(1_000);
        expect(left).toBeLessThanOrEqual(2_500);
      }
    });

    it("survives what is no HTTP", async () => {
      const port = Number(new URL(running.url).port);
      for (const bytes of [
        "\0\0\0\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a b\r\nContent-Length: x\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
      ]) {
        expect(await said(port, bytes)).not.toMatch(/^HTTP\/1\.1 2/);
      }
      expect((await running.post({ name: "x" })).status).toBe(200);
    });

    it("ends with a line of the log at an error that nobody catches", async () => {
      await running.post({ name: "stray" }).catch(() => undefined); // it may end before it has answered
      await running.untilSaid("the function ends because of an error that nobody caught");
      expect(await running.ended()).toBe(1);
    });
  });

  it("sends all of an answer that is read slowly before it ends", async () => {
    const handler = `export default (_: unknown, context: any) => {
  context.log.info("answering");
  return "x".repeat(30_000_000);
};`;
    await using running = await startFunction(await bundle(handler));
    const socket = connect(Number(new URL(running.url).port), "127.0.0.1");
    socket.pause();
    socket.write("GET /?a=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await running.untilSaid("answering");
    running.kill("SIGTERM");
    await running.untilSaid("draining");
    let bytes = 0;
    socket.on("data", (chunk) => (bytes += chunk.length)).resume();
    await once(socket, "close");
    expect(bytes).toBeGreaterThan(30_000_000);
    expect(await running.ended()).toBe(0);
  });

  it("joins a mesh by WebSocket where its runtime has one, and says so where not", async () => {
    const nats = await useNats("embedded");
    const env = { NATS_URL: nats.wsUrl, FMESH_PROJECT: PROJECT, FMESH_SERVICE: "socket" };
    const hello = await bundle("export default () => 1;");
    if (runtime === "node" && nodeMajor() < 22) {
      await expect(startFunction(hello, env)).rejects.toThrow("use nats:// or tls://");
    } else {
      await using running = await startFunction(hello, env);
      await expect(running.untilSaid("service is up")).resolves.toBeDefined();
    }
    await nats.stop();
  });

  it("serves a fetch handler: every path of it by HTTP, and both ways in the mesh", async () => {
    const nats = await useNats("embedded");
    const broker = natsBroker({ url: nats.tcpUrl, name: "test", log: silentLog });
    await broker.connect();
    const handler = `export default {
  greeting: "hello",
  async fetch(request: Request) {
    if (new URL(request.url).pathname === "/teapot") return Response.json({ detail: "I am" }, { status: 418 });
    return Response.json([this.greeting, request.method, new URL(request.url).pathname, await request.text()]);
  },
};`;
    const env = { NATS_URL: nats.tcpUrl, FMESH_PROJECT: PROJECT, FMESH_SERVICE: "web" };
    await using running = await startFunction(await bundle(handler), env);
    await running.untilSaid("service is up");
    const response = await fetch(`${running.url}some/path`, { method: "PUT", body: "tea" });
    expect(await response.json()).toEqual(["hello", "PUT", "/some/path", "tea"]);
    const probe = await fetch(running.url, { headers: { "User-Agent": "kube-probe/1.32" } });
    expect(await probe.json()).toEqual({ status: "ready" });

    const caller = new Caller(broker, PROJECT);
    const carried = await caller.call("web", "fetch", new Request("http://mesh/there", { method: "DELETE" }), {});
    expect(await (carried as Response).json()).toEqual(["hello", "DELETE", "/there", ""]);
    expect(await caller.call("web", "handler", { a: 1 }, {})).toEqual(["hello", "POST", "/", `{"a":1}`]);
    await broker.close();
    await nats.stop();
  });

  it("hands a large body on to a fetch handler while it comes", async () => {
    const handler = `export default { async fetch(request: Request) {
  let bytes = 0;
  for await (const chunk of request.body as any) bytes += chunk.length;
  return Response.json(bytes);
} };`;
    await using running = await startFunction(await bundle(handler));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let chunk = 0; chunk < 64; chunk++) controller.enqueue(new Uint8Array(100_000));
        controller.close();
      },
    });
    const response = await fetch(running.url, { method: "POST", body });
    expect(await response.json()).toBe(6_400_000);
  });
});

/** What a server answers to these bytes, until it closes the connection or a moment has passed without more. */
function said(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
    socket.setTimeout(1_000, () => socket.destroy());
  });
}
