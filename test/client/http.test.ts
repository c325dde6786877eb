import { expect, test, vi } from "vitest";
import { type HttpClientOptions, client, httpTransport } from "../../client/http.ts";
import { MeshError } from "../../mesh/errors.ts";
import { TIMEOUT_HEADER } from "../../gateway/timeout.ts";
import { typedClient } from "./typed.ts";
import { problem, wireDouble } from "./wire-double.ts";

const json = (value: unknown): Response => Response.json(value);

test("a call posts its params as JSON to the function's path", async () => {
  await using gateway = wireDouble(() => json({ sum: 3 }));
  const mesh = typedClient(`${gateway.url}/behind/a/proxy/`, { token: "t.o.k" });
  expect(await mesh.arithmetic.sum({ num1: 1, num2: 2 }, { timeoutMs: 2500, idempotencyKey: "k1" })).toEqual({
    sum: 3,
  });
  const [{ path, headers, text } = expect.fail("nothing was asked")] = gateway.requests;
  expect(path).toBe("/behind/a/proxy/v1/call/my-adder/arithmetic/sum");
  expect(text).toBe('{"num1":1,"num2":2}');
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "application/json",
    accept: "text/event-stream, application/json;q=0.9, */*;q=0.8",
    authorization: "Bearer t.o.k",
    "idempotency-key": "k1",
    [TIMEOUT_HEADER.toLowerCase()]: "2.500",
  });
});

test("a call without params has no body, and without options no headers of its own", async () => {
  await using gateway = wireDouble(() => new Response(null, { status: 204 }));
  expect(await typedClient(gateway.url).arithmetic.nothing()).toBeUndefined();
  const { headers, text } = gateway.requests[0] ?? expect.fail("nothing was asked");
  expect(text).toBe("");
  for (const name of ["authorization", "idempotency-key", "content-type", TIMEOUT_HEADER]) {
    expect(headers.has(name)).toBe(false);
  }
});

test("answers are read by their type", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const answers = [
    json(null),
    new Response("hi", { headers: { "Content-Type": "text/plain" } }),
    new Response(bytes, { headers: { "Content-Type": "image/png", "Content-Length": "3" } }),
    new Response('{"a":1}', { headers: { "Content-Type": "application/vnd.x+json; charset=utf-8" } }),
  ];
  await using gateway = wireDouble((_request, attempt) => answers[attempt - 1] ?? json("no more"));
  const mesh = typedClient(gateway.url);
  const results: unknown[] = [];
  while (results.length < answers.length) results.push(await mesh.arithmetic.untyped());
  expect(results).toEqual([null, "hi", bytes, { a: 1 }]);
});

test("bytes go out as bytes", async () => {
  await using gateway = wireDouble(async (request) =>
    json([request.headers.get("Content-Type"), await request.text()]),
  );
  const mesh = typedClient(gateway.url);
  const bytes = new TextEncoder().encode("abc");
  expect(await mesh.shop.sizeOf(bytes)).toEqual(["application/octet-stream", "abc"]);
  expect(await mesh.shop.sizeOf(new Blob(["abc"], { type: "text/plain" }))).toEqual([
    "application/octet-stream",
    "abc",
  ]);
});

test("the token may be fetched for each attempt", async () => {
  await using gateway = wireDouble(() => json(1));
  const tokens = ["one", "two"];
  const mesh = typedClient(gateway.url, { token: () => Promise.resolve(tokens.shift()) });
  for (let call = 0; call < 3; call++) await mesh.arithmetic.untyped();
  expect(gateway.requests.map(({ headers }) => headers.get("Authorization"))).toEqual([
    "Bearer one",
    "Bearer two",
    null,
  ]);
});

test("a token that is none is not sent, and not shown", async () => {
  await using gateway = wireDouble(() => json(1));
  const error = await typedClient(gateway.url, { token: "sec\nret" })
    .arithmetic.untyped()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect(String(error)).not.toContain("ret\n");
  expect(String(error)).not.toContain("sec");
  expect(gateway.requests).toEqual([]);
});

test("a problem document becomes the MeshError it speaks of", async () => {
  const errors = [{ path: ["num1"], message: "Expected number" }];
  await using gateway = wireDouble((_request, attempt) =>
    attempt === 1
      ? problem("invalid_request", 400, { detail: "params.num1: Expected number", errors })
      : problem("function_failed", 409, { detail: "3 left", reason: "out_of_stock", data: { left: 3 } }),
  );
  const mesh = typedClient(gateway.url);
  const first = await mesh.arithmetic.sum({ num1: 1 }).settled();
  expect(first.error).toBeInstanceOf(MeshError);
  expect(first.error).toMatchObject({ code: "invalid_request", status: 400, issues: errors });
  const second = await mesh.shop.order({ item: "moon" }).settled();
  expect(second.error).toMatchObject({
    code: "function_failed",
    status: 409,
    message: "3 left",
    reason: "out_of_stock",
    data: { left: 3 },
  });
});

test.each<[string, () => Response]>([
  [
    "a proxy's page",
    () => new Response("<h1>Bad Gateway</h1>", { status: 502, headers: { "Content-Type": "text/html" } }),
  ],
  ["a redirect", () => new Response(null, { status: 302, headers: { Location: "https://login.example.com/" } })],
])("%s is a bad_reply that nobody retries", async (_name, answer) => {
  await using gateway = wireDouble(answer);
  const { error } = await typedClient(gateway.url, { retries: 3 }).arithmetic.sum({ num1: 1 }).settled();
  expect(error).toMatchObject({ code: "bad_reply", message: expect.stringContaining(gateway.url) });
  expect(gateway.requests).toHaveLength(1);
});

test("an answer that is not what its type says is a bad_reply", async () => {
  await using gateway = wireDouble(() => new Response("{", { headers: { "Content-Type": "application/json" } }));
  const { error } = await typedClient(gateway.url).arithmetic.sum({ num1: 1 }).settled();
  expect(error?.code).toBe("bad_reply");
});

test("a gateway that does not run is broker_unavailable, which is safe to retry", async () => {
  const gateway = wireDouble(() => json(1));
  await gateway[Symbol.asyncDispose]();
  const { error } = await typedClient(gateway.url).arithmetic.sum({ num1: 1 }).settled();
  expect(error).toMatchObject({ code: "broker_unavailable", message: expect.stringContaining(gateway.url) });
});

test("a connection that breaks before the answer is a bad_reply: the call may have run", async () => {
  await using broken = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end() },
  }) as unknown as { port: number } & AsyncDisposable;
  const mesh = typedClient(`http://127.0.0.1:${broken.port}`, { retries: 3 });
  const { error } = await mesh.arithmetic.sum({ num1: 1 }).settled();
  expect(error).toMatchObject({ code: "bad_reply", retrySafe: false });
});

test("what has certainly not run is tried again, as often as asked and not sooner than asked", async () => {
  await using gateway = wireDouble((_request, attempt) =>
    attempt < 3 ? problem("overloaded", 503, {}, { "Retry-After": "0" }) : json({ sum: 3 }),
  );
  expect(await typedClient(gateway.url, { retries: 2 }).arithmetic.sum({ num1: 1 })).toEqual({ sum: 3 });
  expect(gateway.requests).toHaveLength(3);
});

test("by default nothing is tried again", async () => {
  await using gateway = wireDouble(() => problem("overloaded", 503));
  expect((await typedClient(gateway.url).arithmetic.sum({ num1: 1 }).settled()).error?.code).toBe("overloaded");
  expect(gateway.requests).toHaveLength(1);
});

test.each(["deadline_exceeded", "function_failed", "invalid_request"])("%s is not tried again", async (code) => {
  await using gateway = wireDouble(() => problem(code, 500));
  const { error } = await typedClient(gateway.url, { retries: 3 }).arithmetic.sum({ num1: 1 }).settled();
  expect(error?.code).toBe(code);
  expect(gateway.requests).toHaveLength(1);
});

test("no attempt begins after the call's time is over", async () => {
  await using gateway = wireDouble(() => problem("overloaded", 503, {}, { "Retry-After": "60" }));
  const mesh = typedClient(gateway.url, { retries: 3, timeoutMs: 5000 });
  expect((await mesh.arithmetic.sum({ num1: 1 }).settled()).error?.code).toBe("overloaded");
  expect(gateway.requests).toHaveLength(1);
});

test("a gateway that never answers is deadline_exceeded", async () => {
  await using gateway = wireDouble(() => new Promise<Response>(() => undefined));
  const { error } = await typedClient(gateway.url).arithmetic.sum({ num1: 1 }, { timeoutMs: 1 }).settled();
  expect(error?.code).toBe("deadline_exceeded");
});

test("an aborted call rejects with its signal's reason and ends the request", async () => {
  const aborted = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using gateway = wireDouble(
    (request) =>
      new Promise<Response>(() => {
        request.signal.addEventListener("abort", () => aborted.resolve());
        asked.resolve();
      }),
  );
  const controller = new AbortController();
  const call = typedClient(gateway.url).arithmetic.sum({ num1: 1 }, { signal: controller.signal });
  await asked.promise;
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
  await aborted.promise;
});

test("a timeout of years is one", async () => {
  await using gateway = wireDouble(() => json(1));
  expect(await typedClient(gateway.url).arithmetic.untyped(1, { timeoutMs: 1e12 })).toBe(1);
  expect(gateway.requests[0]?.headers.get(TIMEOUT_HEADER)).toBe("2147473.648");
});

test("what no header may hold is a TypeError", async () => {
  await using gateway = wireDouble(() => json(1));
  await expect(typedClient(gateway.url).arithmetic.untyped(1, { idempotencyKey: "a\nb" })).rejects.toThrow(TypeError);
  expect(gateway.requests).toEqual([]);
});

test("an aborted signal sends nothing", async () => {
  await using gateway = wireDouble(() => json(1));
  const call = typedClient(gateway.url).arithmetic.sum({ num1: 1 }, { signal: AbortSignal.abort(new Error("enough")) });
  await expect(call).rejects.toThrow("enough");
  expect(gateway.requests).toEqual([]);
});

test("a call that was answered leaves nothing on its signal", async () => {
  await using gateway = wireDouble(() => json(1));
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  await typedClient(gateway.url).arithmetic.untyped(1, { signal });
  expect(removed.mock.calls.length).toBeGreaterThanOrEqual(added.mock.calls.length);
});

test.each(["../x", "a/b", "a b", ""])("a function named %j is refused before anything is sent", async (name) => {
  await using gateway = wireDouble(() => json(1));
  const transport = httpTransport({ url: gateway.url, project: "my-adder" });
  await expect(transport.call("arithmetic", name, undefined, {})).rejects.toMatchObject({ code: "invalid_request" });
  await expect(transport.call(name, "sum", undefined, {})).rejects.toMatchObject({ code: "invalid_request" });
  expect(gateway.requests).toEqual([]);
});

test.each<[Partial<HttpClientOptions>, RegExp]>([
  [{ url: "nowhere" }, /not an http\(s\) URL/],
  [{ url: "ftp://example.com" }, /not an http\(s\) URL/],
  [{ url: "https://user:pass@example.com" }, /holds a user name or password/],
  [{ project: "a.b" }, /project "a\.b" is not valid/],
  [{ timeoutMs: 0 }, /timeoutMs must be a positive number, not 0/],
  [{ retries: -1 }, /retries must be a whole number of at least 0, not -1/],
])("options %o are a TypeError", (options, text) => {
  const make = () => client({ url: "http://127.0.0.1:1", project: "p", ...options });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(text);
});

test("a timeout that is no positive number is a TypeError", async () => {
  const mesh = typedClient("http://127.0.0.1:1");
  await expect(mesh.arithmetic.now(undefined, { timeoutMs: -1 })).rejects.toThrow(TypeError);
});
