import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundled, source } from "../bundle/bundling.ts";
import { type FunctionProcess, startFunction } from "../bundle/function-process.ts";
import { errorOf } from "../../mesh/error-of.ts";
import { type Activating, GREET, startActivating, testHome } from "./activating.ts";

const HANDLER = `
import { fn, PublicError } from "functions-mesh";

async function* count(context: any) {
  try {
    for (let number = 1; ; number++) {
      context.log.debug("counted");
      yield { number };
    }
  } finally {
    context.log.info("counting ended");
  }
}

export default async function (data: any, context: any) {
  if (data === undefined) return undefined;
  if (data.refuse) throw new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } });
  if (data.fail) throw new Error("password is hunter2");
  if (data.count) return count(context);
  if (data.bytes) return new Uint8Array(data.bytes).fill(7);
  if (data.large) return "x".repeat(data.large);
  if (data.wait) {
    context.log.info("waiting");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    context.log.info("gave up");
  }
  return { data, claims: context.claims, id: context.callId, requestId: context.requestId, key: context.idempotencyKey, left: context.deadlineMs - Date.now() };
}
`;

const UPLOAD = `
import { fn } from "functions-mesh";
export default fn({ receives: "bytes" }, async (body: ReadableStream<Uint8Array>) => {
  let length = 0;
  for await (const chunk of body) length += chunk.length;
  return { length };
});
`;

const FETCH = `
export default {
  async fetch(request: Request, context: any) {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/endless") {
      let line = 0;
      return new Response(new ReadableStream({
        pull: (controller) => controller.enqueue(new TextEncoder().encode(\`data: \${++line}\\n\\n\`)),
        cancel: () => context.log.info("nobody listens any more"),
      }), { headers: { "content-type": "text/event-stream" } });
    }
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    return new Response(JSON.stringify({ method: request.method, pathname, search, headers, body, claims: context.claims }), {
      status: pathname === "/missing" ? 404 : 201,
      headers: [["content-type", "application/json"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]],
    });
  },
};
`;

const PYTHON = `
def handler(data, context):
    return {"data": data, "claims": context.claims, "id": context.call_id}
`;

/** A deployed function that has a route and that nobody serves in the mesh. */
describe("a function that is called by its route", () => {
  const processes: Record<string, FunctionProcess> = {};
  let mesh: Activating;
  let pod: FunctionProcess;

  beforeAll(async () => {
    for (const [name, handler] of Object.entries({ HANDLER, UPLOAD, FETCH })) {
      processes[name] = await startFunction(await bundled(source(handler)), { FMESH_TRUST_CLAIMS: "1" });
    }
    const inPython = await bundled(source(PYTHON, { template: "python", runtime: "python" }));
    processes["PYTHON"] = await startFunction(inPython, { FMESH_TRUST_CLAIMS: "1" });
    // The route of the function that is asked for, by what it is called.
    mesh = await startActivating(
      "embedded",
      testHome({ kind: "route", routeOf: ({ label }) => ({ url: processes[label.toUpperCase()]?.url ?? "" }) }, [
        { ...GREET, label: "handler" },
        { ...GREET, label: "upload" },
        { ...GREET, label: "fetch" },
        { ...GREET, label: "python" },
      ]),
    );
    pod = processes["HANDLER"] as FunctionProcess;
  });
  afterAll(async () => {
    await mesh?.[Symbol.asyncDispose]();
    await Promise.all(Object.values(processes).map((process) => process[Symbol.asyncDispose]()));
  });
  const call = (data?: unknown, options: object = {}): Promise<unknown> =>
    mesh.caller.call("handler", "handler", data, options);
  const fetchOf = (request: Request, options: object = {}): Promise<Response> =>
    mesh.caller.call("fetch", "fetch", request, options) as Promise<Response>;

  it("gets its params in its caller's name, with the time that is left", async () => {
    const options = {
      claimsJson: `{"id":"u1"}`,
      callId: "c-1",
      requestId: "r-1",
      idempotencyKey: "k-1",
      timeoutMs: 5_000,
    };
    const answer = (await call({ tea: "green" }, options)) as { left: number };
    expect(answer).toMatchObject({
      data: { tea: "green" },
      claims: { id: "u1" },
      id: "c-1",
      requestId: "r-1",
      key: "k-1",
    });
    expect(answer.left).toBeGreaterThan(0);
    expect(answer.left).toBeLessThanOrEqual(5_000);
  });

  it("is told of names in any alphabet, where HTTP has none", async () => {
    expect(await call({ tea: "緑茶" }, { claimsJson: `{"name":"Zoë 緑"}` })).toMatchObject({
      data: { tea: "緑茶" },
      claims: { name: "Zoë 緑" },
    });
    const error = await errorOf(call({}, { idempotencyKey: "鍵" }));
    expect(error).toMatchObject({ code: "invalid_request" });
    expect(error.message).toContain("Idempotency-Key");
  });

  it("answers nothing, bytes, and more than a message holds", async () => {
    expect(await call()).toBeUndefined();
    expect(await call({ bytes: 3 })).toEqual(new Uint8Array([7, 7, 7]));
    expect(await call({ large: 3_000_000 })).toBe("x".repeat(3_000_000));
  });

  it("fails as it fails in the mesh", async () => {
    expect(await errorOf(call({ refuse: true }))).toMatchObject({
      code: "function_failed",
      status: 409,
      message: "only 3 left",
      reason: "out_of_stock",
      data: { left: 3 },
    });
    const error = await errorOf(call({ fail: true }));
    expect(error).toMatchObject({ code: "function_failed", status: 500 });
    expect(error.message).not.toContain("hunter2");
  });

  it("streams items, no faster than they are read, and ends when nobody reads on", async () => {
    const items = (await call({ count: true })) as AsyncIterable<{ number: number }>;
    const seen: number[] = [];
    for await (const { number } of items) if (seen.push(number) === 1_000) break;
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    await pod.untilSaid("counting ended");
  });

  it("gets a body that comes in parts", async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 40; n++) controller.enqueue(new Uint8Array(100_000));
        controller.close();
      },
    });
    expect(await mesh.caller.call("upload", "handler", body, {})).toEqual({ length: 4_000_000 });
  });

  it("stops when its caller gives up", async () => {
    const controller = new AbortController();
    const given = call({ wait: true }, { signal: controller.signal });
    await pod.untilSaid("waiting");
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await pod.untilSaid("gave up");
  });

  it("has the time that its caller has", async () => {
    expect(await errorOf(call({ wait: true }, { timeoutMs: 100 }))).toMatchObject({ code: "deadline_exceeded" });
  });

  it("gets HTTP as it was sent, and what it answers is what comes", async () => {
    const request = new Request("http://mesh.test/tea/green%20leaf?size=2&size=3", {
      method: "PUT",
      headers: { "x-colour": "green", "content-type": "text/plain" },
      body: "hot",
    });
    const response = await fetchOf(request, { claimsJson: `{"id":"u1"}` });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.json()).toMatchObject({
      method: "PUT",
      pathname: "/tea/green%20leaf",
      search: "?size=2&size=3",
      headers: { "x-colour": "green", "content-type": "text/plain" },
      body: "hot",
      claims: { id: "u1" },
    });
    expect((await fetchOf(new Request("http://mesh.test/missing"))).status).toBe(404);
  });

  it("believes no claims but those that the gateway has verified", async () => {
    const request = new Request("http://mesh.test/", { headers: { "fmesh-claims": `{"role":"admin"}` } });
    expect(await (await fetchOf(request)).json()).toMatchObject({ claims: {} });
  });

  it("streams HTTP until nobody reads on", async () => {
    const response = await fetchOf(new Request("http://mesh.test/endless"));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toContain("data: 1\n\n");
    await reader?.cancel();
    await processes["FETCH"]?.untilSaid("nobody listens any more");
  });

  it("answers likewise in Python", async () => {
    const answer = await mesh.caller.call(
      "python",
      "handler",
      { tea: "green" },
      { claimsJson: `{"id":"u1"}`, callId: "c-2" },
    );
    expect(answer).toEqual({ data: { tea: "green" }, claims: { id: "u1" }, id: "c-2" });
  });

  it("is called with params as any stored function when it is a fetch handler", async () => {
    expect(await mesh.caller.call("fetch", "handler", { tea: "green" }, {})).toMatchObject({
      method: "POST",
      pathname: "/",
      body: `{"tea":"green"}`,
    });
  });

  it("is called with requests only when it is one", async () => {
    const request = new Request("http://mesh.test/", { method: "POST", body: `{"tea":"green"}` });
    for (const label of ["handler", "python"]) {
      const response = (await mesh.caller.call(label, "fetch", request.clone(), {})) as Response;
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "function_not_found" });
    }
  });
});
