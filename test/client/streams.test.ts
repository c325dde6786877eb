import { expect, test } from "vitest";
import { typedClient } from "./typed.ts";
import { END, event, events, problem, wireDouble } from "./wire-double.ts";

/** An end that is given when the test wants. */
async function* until(held: Promise<void>, ...first: string[]): AsyncGenerator<string> {
  yield* first;
  await held;
  yield END;
}

async function all(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test("a stream's items arrive one by one, while it goes on", async () => {
  const held = Promise.withResolvers<void>();
  await using gateway = wireDouble(() => events(until(held.promise, event(1), event(2))));
  const seen: number[] = [];
  for await (const tick of typedClient(gateway.url).shop.ticks({ to: 2 })) {
    seen.push(tick);
    if (seen.length === 2) held.resolve();
  }
  expect(seen).toEqual([1, 2]);
});

test("items survive being cut anywhere, comments and other events between them", async () => {
  const text = `: keep-alive\n\n${event({ text: "äöü 🙂 \n" })}event: other\ndata: 1\n\nevent: message\r\ndata: [1,\r\ndata: 2]\r\n\r\n${END}`;
  const bytes = new TextEncoder().encode(text);
  await using gateway = wireDouble(() => {
    const chunks = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
  });
  expect(await all(typedClient(gateway.url).shop.ticks({ to: 2 }))).toEqual([{ text: "äöü 🙂 \n" }, [1, 2]]);
});

test("an error event throws what it says, after the items before it", async () => {
  const document = { code: "function_failed", status: 409, detail: "no more", reason: "closed", data: { until: "9" } };
  await using gateway = wireDouble(() => events([event(1), `event: error\ndata: ${JSON.stringify(document)}\n\n`]));
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    for await (const tick of typedClient(gateway.url).shop.ticks({ to: 2 })) seen.push(tick);
  };
  await expect(read()).rejects.toMatchObject({ code: "function_failed", message: "no more", reason: "closed" });
  expect(seen).toEqual([1]);
});

test("an error before the stream begins rejects the call", async () => {
  await using gateway = wireDouble(() => problem("forbidden", 403));
  const call = typedClient(gateway.url).shop.ticks({ to: 2 });
  await expect(call).rejects.toMatchObject({ code: "forbidden" });
  await expect(all(call)).rejects.toMatchObject({ code: "forbidden" });
});

test("an item that is not JSON is a bad_reply", async () => {
  await using gateway = wireDouble(() => events(["data: {\n\n"]));
  await expect(all(typedClient(gateway.url).shop.ticks({ to: 2 }))).rejects.toMatchObject({ code: "bad_reply" });
});

test("a stream that ends within an item is a bad_reply", async () => {
  await using gateway = wireDouble(() => events([event(1), "data: 2\n"]));
  await expect(all(typedClient(gateway.url).shop.ticks({ to: 2 }))).rejects.toMatchObject({ code: "bad_reply" });
});

test("a stream that ends between two items, before its end, is a bad_reply", async () => {
  await using gateway = wireDouble(() => events([event(1)]));
  await expect(all(typedClient(gateway.url).shop.ticks({ to: 2 }))).rejects.toMatchObject({ code: "bad_reply" });
});

test("a stream may be empty", async () => {
  await using gateway = wireDouble(() => events([END]));
  expect(await all(typedClient(gateway.url).shop.ticks({ to: 0 }))).toEqual([]);
});

test("an item that does not end is not waited for", async () => {
  const cancelled = Promise.withResolvers<void>();
  const endless = function* (): Generator<string> {
    yield "data: ";
    for (;;) yield "x".repeat(1024 * 1024);
  };
  await using gateway = wireDouble(() => events(endless(), cancelled.resolve));
  await expect(all(typedClient(gateway.url).shop.ticks({ to: 2 }))).rejects.toMatchObject({ code: "bad_reply" });
  await cancelled.promise;
});

test.each(["text/event-stream", "application/octet-stream"])(
  "a connection that breaks in the middle of %s is an error, not an end",
  async (type) => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const item = type === "text/event-stream" ? event(1) : "1\n";
    await using gateway = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket) {
          socket.write(`${head}${item.length.toString(16)}\r\n${item}\r\n`);
          socket.end();
        },
      },
    }) as unknown as { port: number } & AsyncDisposable;
    const stream = typedClient(`http://127.0.0.1:${gateway.port}`).arithmetic.untyped();
    await expect(all(stream)).rejects.toMatchObject({ code: "bad_reply", retrySafe: false });
  },
);

test("leaving the loop ends the request", async () => {
  const cancelled = Promise.withResolvers<void>();
  const never = new Promise<void>(() => undefined);
  await using gateway = wireDouble(() => events(until(never, event(1), event(2)), cancelled.resolve));
  for await (const tick of typedClient(gateway.url).shop.ticks({ to: 2 })) {
    expect(tick).toBe(1);
    break;
  }
  await cancelled.promise;
});

test("an abort ends a stream with the signal's reason", async () => {
  const cancelled = Promise.withResolvers<void>();
  const never = new Promise<void>(() => undefined);
  await using gateway = wireDouble(() => events(until(never, event(1)), cancelled.resolve));
  const controller = new AbortController();
  const reason = new Error("enough");
  const read = async (): Promise<void> => {
    for await (const tick of typedClient(gateway.url).shop.ticks({ to: 2 }, { signal: controller.signal })) {
      expect(tick).toBe(1);
      controller.abort(reason);
    }
  };
  await expect(read()).rejects.toBe(reason);
  await cancelled.promise;
});

test("a timeout is for the beginning of a stream, not for its end", async () => {
  const held = Promise.withResolvers<void>();
  await using gateway = wireDouble(() => events(until(held.promise, event(1))));
  const seen: number[] = [];
  for await (const tick of typedClient(gateway.url).shop.ticks({ to: 2 }, { timeoutMs: 100 })) {
    seen.push(tick);
    // Longer than the timeout and what the client adds to it.
    setTimeout(held.resolve, 1300);
  }
  expect(seen).toEqual([1]);
});

test("a stream is read once; a second reader is told so", async () => {
  await using gateway = wireDouble(() => events([event(1), END]));
  const stream = await typedClient(gateway.url).shop.ticks({ to: 1 });
  expect(await all(stream)).toEqual([1]);
  await expect(all(stream)).rejects.toThrow("this stream was read before");
});

test("bytes without a length are a stream of bytes", async () => {
  await using gateway = wireDouble(
    () => new Response(unknownLength("abc"), { headers: { "Content-Type": "video/mp4" } }),
  );
  const chunks = (await all(typedClient(gateway.url).shop.film())) as Uint8Array[];
  expect(new TextDecoder().decode(Buffer.concat(chunks))).toBe("abc");
});

test("params that come piece by piece go out as a stream", async () => {
  await using gateway = wireDouble(
    async (request) => Response.json([request.headers.get("Content-Type"), await request.text()]),
    { isRaw: true },
  );
  const mesh = typedClient(gateway.url);
  const items = async function* (): AsyncGenerator<{ price: number }> {
    yield await Promise.resolve({ price: 1 });
    yield { price: 2 };
  };
  expect(await mesh.shop.total(items())).toEqual(["application/x-ndjson", '{"price":1}\n{"price":2}\n']);
  expect(await mesh.shop.sizeOf(unknownLength("abc"))).toEqual(["application/octet-stream", "abc"]);
  expect(await mesh.shop.total(new ReadableStream({ start: (controller) => controller.close() }))).toEqual([
    "application/x-ndjson",
    "",
  ]);
});

test("params that fail while they are sent fail the call", async () => {
  await using gateway = wireDouble(async (request) => Response.json(await request.text()), { isRaw: true });
  const items = async function* (): AsyncGenerator<{ price: number }> {
    yield await Promise.resolve({ price: 1 });
    throw new Error("the file is gone");
  };
  await expect(typedClient(gateway.url).shop.total(items())).rejects.toThrow("the file is gone");
});

function unknownLength(text: string): ReadableStream<Uint8Array> {
  const chunks = Array.from(text, (letter) => new TextEncoder().encode(letter));
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}
