import { expect, test } from "vitest";
import { serveJwks } from "./jwks-server.ts";
import { UNREACHABLE, gate, keyA, setUp, signed } from "./provider.ts";

test.each([
  ["is no JSON", () => new Response("<html>")],
  ["has no list of keys", () => Response.json({ key: [] })],
  ["is larger than a mebibyte", () => Response.json({ keys: [], more: "x".repeat(1_048_576) })],
  ["never ends", () => new Response(new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(65_536)) }))],
  ["redirects for ever", (request: Request) => Response.redirect(request.url)],
  ["redirects to nowhere", () => new Response(null, { status: 302 })],
])("an answer that %s is a failed fetch", async (_name, answer) => {
  const { error, check } = setUp(answer);
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error).toHaveBeenCalledOnce();
});

test("a server that is away is a failed fetch", async () => {
  const { server, error, check } = setUp([keyA]);
  await server[Symbol.asyncDispose]();
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error).toHaveBeenCalledOnce();
});

test("a redirect to another origin is a failed fetch, even if there are keys", async () => {
  await using elsewhere = serveJwks([keyA]);
  const { error, check } = setUp(() => Response.redirect(elsewhere.url));
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error).toHaveBeenCalledOnce();
  expect(elsewhere.fetches).toBe(0);
});

test("redirects within the origin are followed", async () => {
  const { check } = setUp((request) =>
    request.url.endsWith("/moved")
      ? Response.json({ keys: [keyA] })
      : Response.redirect(new URL("/moved", request.url)),
  );
  await expect(check(await signed("a"))).resolves.toBeDefined();
});

test("a fetch that takes too long is given up", async () => {
  const { opened, open } = gate();
  const { error, check } = setUp(
    async () => {
      await opened;
      return new Response();
    },
    { timeoutMs: 20 },
  );
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error.mock.calls[0]?.[1]).toMatchObject({ error: { name: "TimeoutError" } });
  open();
});

test("an answer whose body stalls is given up", async () => {
  const { check } = setUp(
    () => new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) })),
    { timeoutMs: 20 },
  );
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
});
