import { beforeEach, describe, expect, test } from "vitest";
import { callNative } from "../calling.ts";
import { openRaw, rawCall, unchunked } from "../raw-connection.ts";
import { type Watched, newWatched } from "../streaming.ts";
import { pieces } from "./calls.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";

/** What the functions of the service `streaming` tell during the present test. */
export interface Watching {
  current: Watched;
}

const EVENTS = { Accept: "text/event-stream" };

/** What every platform does with what takes a while: streams both ways, and callers who go away. */
export function streamBehaviour(gateway: () => RuntimeUnderTest, watching: Watching): void {
  beforeEach(() => {
    watching.current = newWatched();
  });

  describe("streams", () => {
    test.each([
      ["application/x-ndjson", '{"n":1}\n"two"\nnull\n'],
      ["text/event-stream", 'data: {"n":1}\n\ndata: "two"\n\ndata: null\n\nevent: end\ndata: null\n\n'],
      ["application/json", '[{"n":1},"two",null]'],
    ])("items come as %s", async (accept, text) => {
      const response = await callNative(gateway(), "streaming/items", { body: "{}", headers: { Accept: accept } });
      expect(response.headers.get("Content-Type")).toContain(accept);
      expect(await response.text()).toBe(text);
    });

    test("an item is there as soon as it is made", async () => {
      const response = await callNative(gateway(), "streaming/idle", { body: "{}", headers: EVENTS });
      const reader = response.body?.getReader();
      const { value } = (await reader?.read()) ?? {};
      expect(new TextDecoder().decode(value)).toBe('data: "first"\n\n');
      await reader?.cancel();
      await watching.current.aborted.promise;
    });

    test("an answer larger than a message comes whole, and says how large it is", async () => {
      const response = await callNative(gateway(), "streaming/large", { body: "" });
      expect(response.headers.get("Fmesh-Length")).toBe("3000000");
      const bytes = await response.bytes();
      expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([3_000_000, true]);
    });

    test("a body larger than a message goes in as it comes, its length announced or not", async () => {
      const headers = { "Content-Type": "application/octet-stream" };
      for (const body of [new Uint8Array(3_500_000), pieces(3_500_000)]) {
        expect(await (await callNative(gateway(), "streaming/size", { body, headers })).json()).toBe(3_500_000);
      }
    });

    test("what fails in the middle ends as an event of its own, or breaks the connection off", async () => {
      const events = await callNative(gateway(), "streaming/fails", { body: "{}", headers: EVENTS });
      expect(await events.text()).toMatch(/^data: 1\n\ndata: 2\n\nevent: error\ndata: .*no more today/);

      await using connection = await openRaw(gateway().url);
      connection.send(rawCall("/v1/call/shop/streaming/fails", "{}", ["Connection: close"]));
      const received = await connection.closed();
      expect(received).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(unchunked(received)).toBe("1\n2\n");
    });

    test("what a function did not mean for callers is not told in the middle either", async () => {
      const events = await callNative(gateway(), "streaming/breaks", { body: "{}", headers: EVENTS });
      expect(await events.text()).not.toContain("hunter2");
    });

    test("a reader who waits makes the function wait", async () => {
      const bytes = 200_000_000;
      const response = await callNative(gateway(), "streaming/flood", { body: JSON.stringify({ bytes }) });
      const reader = response.body?.getReader();
      await reader?.read();
      // As long as it takes another call to pass, the flood has the time to rise.
      for (let count = 0; count < 20; count++) await callNative(gateway(), "probe/echo", { body: "1" });
      expect(watching.current.producedBytes).toBeLessThan(bytes / 2);
      await reader?.cancel();
    });
  });

  describe("a caller who goes away", () => {
    test.each(["never", "nested"])("before the answer ends the handler: %s", async (name) => {
      const controller = new AbortController();
      const answer = fetch(`${gateway().url}/v1/call/shop/streaming/${name}`, {
        method: "POST",
        body: "{}",
        signal: controller.signal,
      });
      await watching.current.begun.promise;
      controller.abort();
      await expect(answer).rejects.toMatchObject({ name: "AbortError" });
      expect(await watching.current.aborted.promise).toMatchObject({ code: "cancelled" });
    });

    test.each(["ticks", "nestedTicks"])("in the middle of a stream ends the generator: %s", async (name) => {
      const connection = await openRaw(gateway().url);
      connection.send(rawCall(`/v1/call/shop/streaming/${name}`, "{}", ["Accept: text/event-stream"]));
      await watching.current.begun.promise;
      connection.reset();
      await watching.current.finished.promise;
      expect(await watching.current.aborted.promise).toMatchObject({ code: "cancelled" });
    });

    test("in the middle of an upload breaks the handler's stream and aborts its signal", async () => {
      const connection = await openRaw(gateway().url);
      const head = ["POST /v1/call/shop/streaming/upload HTTP/1.1", "Host: gateway", "Transfer-Encoding: chunked"];
      connection.send(`${head.join("\r\n")}\r\nContent-Type: a/b\r\n\r\n`);
      connection.send(`${(1_200_000).toString(16)}\r\n`);
      connection.send(new Uint8Array(1_200_000));
      await watching.current.begun.promise;
      connection.reset();
      expect(await watching.current.broken.promise).toBeInstanceOf(Error);
      expect(await watching.current.aborted.promise).toMatchObject({ code: "cancelled" });
    });

    test("because the call's time is over has the handler ended", async () => {
      const headers = { "X-Request-Timeout": "0.5" };
      expect((await callNative(gateway(), "streaming/never", { body: "{}", headers })).status).toBe(504);
      await watching.current.aborted.promise;
    });
  });
}
