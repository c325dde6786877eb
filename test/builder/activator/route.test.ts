import { afterEach, describe, expect, it } from "vitest";
import { MeshError } from "../../../mesh/errors.ts";
import { toProblem } from "../../../mesh/problem.ts";
import { errorOf } from "../../mesh/error-of.ts";
import { type Activating, LABEL, startActivating, testHome } from "./activating.ts";

describe("a route", () => {
  let mesh: Activating;
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    await mesh?.[Symbol.asyncDispose]();
    for (const end of ends.splice(0)) await end();
  });

  const serve = (answers: ((request: Request) => Response | Promise<Response>)[], port = 0): Served => {
    const requests: Record<string, string>[] = [];
    const server = Bun.serve({
      port,
      hostname: "127.0.0.1",
      fetch(request) {
        requests.push(Object.fromEntries(request.headers));
        return answers[Math.min(requests.length, answers.length) - 1]?.(request) ?? new Response(null);
      },
    });
    ends.push(() => server.stop(true));
    return { url: `http://127.0.0.1:${server.port}`, port: server.port ?? 0, requests, stop: () => server.stop(true) };
  };
  const start = async (url: string, host?: string): Promise<void> => {
    mesh = await startActivating("embedded", testHome({ kind: "route", routeOf: () => ({ url, host }) }));
  };
  const call = (data: unknown, options: object = {}): Promise<unknown> =>
    mesh.caller.call(LABEL, "handler", data, options);
  const fine = (): Response => Response.json("fine");
  const unavailable = (): Response => new Response("no healthy upstream", { status: 503 });

  it("is asked in the name of the host that is meant", async () => {
    const served = serve([fine]);
    await start(served.url, "greet.shop.example.com");
    expect(await call("tea", { callId: "c-1", idempotencyKey: "k" })).toBe("fine");
    const [headers] = served.requests;
    expect(headers).toMatchObject({
      host: "greet.shop.example.com",
      "content-type": "application/json",
      "fmesh-call-id": "c-1",
      "fmesh-claims": "{}",
      "fmesh-function": "handler",
      "idempotency-key": "k",
      "x-request-id": "c-1",
    });
    expect(headers?.["traceparent"]).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-/);
    expect(Number(headers?.["x-request-timeout"])).toBeGreaterThan(5);
  });

  it("that refuses connections is tried until it takes them: nothing has run", async () => {
    const gone = serve([fine]);
    await gone.stop();
    await start(gone.url);
    const body = (): ReadableStream => new Response("drop by drop").body as ReadableStream;
    const calls = [call("a"), call("b", { idempotencyKey: "k" }), call(body())];
    const tooLate = errorOf(call("c", { timeoutMs: 400 }));
    expect(["worker_unavailable", "deadline_exceeded"]).toContain((await tooLate).code);
    const back = serve([fine], gone.port);
    expect(await Promise.all(calls)).toEqual(["fine", "fine", "fine"]);
    expect(back.requests).toHaveLength(3);
  });

  it("that breaks off is not asked again, but for what may run twice", async () => {
    let connections = 0;
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket) {
          if (++connections < 3) socket.terminate();
          else socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n"fine"');
        },
      },
    });
    ends.push(() => server.stop(true));
    await start(`http://127.0.0.1:${server.port}`);
    const error = await errorOf(call("a"));
    expect(error).toMatchObject({ code: "bad_reply", retrySafe: false });
    expect(error.message).toContain("whether the call had an effect is not known");
    expect(connections).toBe(1);
    expect(await call("b", { idempotencyKey: "k" })).toBe("fine");
    expect(connections).toBe(3);
  });

  it("whose proxy reaches nobody is asked again for what may run twice, and else says so", async () => {
    const served = serve([unavailable, unavailable, unavailable, fine]);
    await start(served.url);
    const error = await errorOf(call("a"));
    expect(error).toMatchObject({ code: "bad_reply", status: 503 });
    expect(error.message).toContain('what is in front of function "greet" answered with status 503');
    expect(served.requests).toHaveLength(1);
    expect(await call("b", { idempotencyKey: "k" })).toBe("fine");
    expect(served.requests).toHaveLength(4);
  });

  it("hands a response of 503 to who asked by HTTP, and asks a few times for what may run twice", async () => {
    const served = serve([unavailable]);
    await start(served.url);
    const request = (): Request => new Request("http://mesh.test/");
    const once = (await mesh.caller.call(LABEL, "fetch", request(), {})) as Response;
    expect([once.status, await once.text(), served.requests.length]).toEqual([503, "no healthy upstream", 1]);
    const more = (await mesh.caller.call(LABEL, "fetch", request(), { idempotencyKey: "k" })) as Response;
    expect([more.status, served.requests.length]).toEqual([503, 5]);
  });

  it("of a process that stops is asked again for what may run twice, and of one that refuses it is not", async () => {
    const stopping = (): Response => problemOf(new MeshError("worker_unavailable", "the function is stopping"));
    const refusing = (): Response => problemOf(new MeshError("function_failed", "closed on Sundays", { status: 503 }));
    const served = serve([stopping, stopping, fine, refusing]);
    await start(served.url);
    expect(await errorOf(call("a"))).toMatchObject({ code: "worker_unavailable", message: "the function is stopping" });
    expect(await call("b", { idempotencyKey: "k" })).toBe("fine");
    expect(await errorOf(call("c", { idempotencyKey: "k" }))).toMatchObject({
      message: "closed on Sundays",
      status: 503,
    });
    expect(served.requests).toHaveLength(4);
  });

  it("of a function that is not deployed any more is none", async () => {
    mesh = await startActivating("embedded", testHome({ kind: "route", routeOf: () => undefined }));
    expect(await errorOf(call("a"))).toMatchObject({
      code: "worker_unavailable",
      message: 'nobody serves function "greet" at the moment',
    });
  });

  it("is not asked for what its proxy compresses", async () => {
    const served = serve([({ headers }) => Response.json(headers.get("accept-encoding"))]);
    await start(served.url);
    expect(await call("a")).toBe("identity");
  });

  it("lets calls end before the activator does", async () => {
    const arrived = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<Response>();
    const served = serve([() => (arrived.resolve(), answered.promise)]);
    await start(served.url);
    const waiting = call("a");
    await arrived.promise;
    const closed = mesh.activator.close();
    answered.resolve(fine());
    expect(await waiting).toBe("fine");
    await closed;
  });
});

function problemOf(error: MeshError): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return new Response(JSON.stringify(toProblem(error)), { status: error.status, headers });
}

interface Served {
  readonly url: string;
  readonly port: number;
  /** The header fields of each request. */
  readonly requests: readonly Readonly<Record<string, string>>[];
  stop(): Promise<void>;
}
