import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT } from "../support/mesh.ts";
import { callNative } from "./calling.ts";
import { openRaw, rawCall, unchunked } from "./raw-connection.ts";
import { streamingSuite } from "./streaming-suite.ts";

describe.each(brokersUnderTest())("a streamed answer over HTTP and %s", (kind) => {
  const { mesh, watched } = streamingSuite(kind);
  const call = (name: string, accept?: string, body = "{}") =>
    callNative(mesh(), `streaming/${name}`, {
      body,
      headers: accept === undefined ? {} : { Accept: accept },
    });
  /** Everything up to the end of the connection, as bytes came. */
  const rawly = async (name: string, accept: string): Promise<string> => {
    await using connection = await openRaw(mesh().url);
    connection.send(rawCall(`/v1/call/${PROJECT}/streaming/${name}`, "{}", [`Accept: ${accept}`]));
    return await connection.until((received) => received.endsWith("\r\n0\r\n\r\n"));
  };

  test.each([
    [
      "text/event-stream",
      "text/event-stream",
      'data: {"n":1}\n\ndata: "two"\n\ndata: null\n\nevent: end\ndata: null\n\n',
      "event: end\ndata: null\n\n",
    ],
    ["application/x-ndjson", "application/x-ndjson", '{"n":1}\n"two"\nnull\n', ""],
    [undefined, "application/x-ndjson", '{"n":1}\n"two"\nnull\n', ""],
    ["*/*", "application/x-ndjson", '{"n":1}\n"two"\nnull\n', ""],
    ["application/json", "application/json", '[{"n":1},"two",null]', "[]"],
    ["text/html, application/json;q=0.9, */*;q=0.1", "application/json", '[{"n":1},"two",null]', "[]"],
    ["text/plain", "text/plain; charset=utf-8", '{"n":1}\ntwonull\n', ""],
    ["application/octet-stream", "application/octet-stream", '{"n":1}\ntwonull\n', ""],
  ])("Accept: %s gives items as %s", async (accept, contentType, whole, none) => {
    const response = await call("items", accept);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe(contentType);
    expect(response.headers.get("Cache-Control")).toBe("no-cache");
    expect(response.headers.get("Server-Timing")).toContain("total");
    expect(await response.text()).toBe(whole);
    expect(await (await call("empty", accept)).text()).toBe(none);
  });

  test("bytes come as bytes, whatever the caller accepts", async () => {
    const response = await call("bytes", "text/event-stream");
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect([...(await response.bytes())]).toEqual([0, 255, 10]);
  });

  test("a value larger than a message comes whole", async () => {
    const response = await call("large", "text/event-stream");
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(await response.bytes()).toHaveLength(3_000_000);
  });

  test("items are there as soon as they are made", async () => {
    const reader = (await call("idle", "text/event-stream")).body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('data: "first"\n\n');
    await reader?.cancel();
    await watched().aborted.promise;
  });

  test("an error before the first item is an ordinary problem", async () => {
    const response = await call("failsFirst", "text/event-stream");
    expect(response.status).toBe(409);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ reason: "closed", detail: "not even one" });
  });

  test("an error in the middle is an event of its own among server-sent events, and the response ends well", async () => {
    const text = await (await call("fails", "text/event-stream")).text();
    const [first, second, error, ...rest] = text.split("\n\n");
    expect([first, second, rest]).toEqual(["data: 1", "data: 2", [""]]);
    const [event, data] = error?.split("\n") ?? [];
    expect(event).toBe("event: error");
    expect(JSON.parse(data?.slice("data: ".length) ?? "")).toMatchObject({
      code: "function_failed",
      status: 409,
      reason: "closed",
      detail: "no more today",
    });
  });

  test.each([
    ["breaks", "text/event-stream"],
    ["breaks", "application/x-ndjson"],
    ["breaksBytes", "*/*"],
  ])("nothing that was not meant for callers is told in the middle: %s as %s", async (name, accept) => {
    expect(await rawly(name, accept)).not.toContain("hunter2");
  });

  test.each([
    ["fails", "application/x-ndjson", "1\n2\n"],
    ["fails", "application/json", "[1,2"],
    ["fails", "text/plain", "1\n2\n"],
    ["fails", "application/octet-stream", "1\n2\n"],
    ["breaksBytes", "*/*", "x".repeat(10)],
  ])(
    "an error in the middle of %s as %s breaks the connection off after what came before",
    async (name, accept, before) => {
      const received = await rawly(name, accept);
      expect(received).toContain("200 OK");
      expect(received).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(unchunked(received)).toBe(before);
    },
  );

  describe("when nothing happens", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
    afterEach(() => void vi.useRealTimers());

    test.each([
      ["text/event-stream", 'data: "first"\n\n', ": keep-alive\n\n"],
      ["application/x-ndjson", '"first"\n', "\n"],
      ["application/json", '["first"', "\n"],
    ])("a sign of life is written every fifteen seconds: %s", async (accept, first, sign) => {
      await using connection = await openRaw(mesh().url);
      connection.send(rawCall(`/v1/call/${PROJECT}/streaming/idle`, "{}", [`Accept: ${accept}`]));
      await connection.until((received) => unchunked(received).endsWith(first));
      vi.advanceTimersByTime(15_000);
      await connection.until((received) => unchunked(received).endsWith(first + sign));
      vi.advanceTimersByTime(15_000);
      const received = await connection.until((so) => unchunked(so).endsWith(first + sign + sign));
      expect(received).toContain("200 OK");
    });
  });

  test("a client that reads slowly slows the function", async () => {
    await using connection = await openRaw(mesh().url);
    connection.pause();
    connection.send(rawCall(`/v1/call/${PROJECT}/streaming/flood`, JSON.stringify({ bytes: 1024 ** 3 })));
    let before = -1;
    // What fits into the sockets' buffers is made, and then nothing more.
    await vi.waitFor(
      () => {
        const now = watched().producedBytes;
        const isSteady = now > 0 && now === before;
        before = now;
        expect(isSteady).toBe(true);
      },
      { interval: 500, timeout: 15_000 },
    );
    expect(watched().producedBytes).toBeLessThan(64 * 1024 * 1024);
  });

  test("a stream may last longer than the call's time", async () => {
    const response = await callNative(mesh(), "streaming/ticks", {
      body: "",
      headers: { "X-Request-Timeout": "0.5", Accept: "application/x-ndjson" },
    });
    const reader = response.body?.getReader();
    const startedAt = performance.now();
    while (performance.now() - startedAt < 700) expect(await reader?.read()).toMatchObject({ done: false });
    await reader?.cancel();
    await watched().finished.promise;
  });
});
