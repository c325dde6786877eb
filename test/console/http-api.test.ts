import { describe, expect, test } from "vitest";
import { createApis } from "../../console/api/apis.ts";
import { createHttpApi } from "../../console/api/http-api.ts";
import { NO_ANSWER, ProblemError } from "../../console/api/problem-error.ts";

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** Answers in turn, and notes what was asked. */
function answering(...answers: readonly (() => Response)[]) {
  const asked: Asked[] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    asked.push({ url, init });
    const answer = answers[asked.length - 1];
    return answer === undefined ? Promise.reject(new TypeError("no answer is left")) : Promise.resolve(answer());
  };
  return { asked, fetch };
}

const json = (value: unknown, init?: ResponseInit) => (): Response => Response.json(value, init);
const problem =
  (members: object, status: number, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json(members, { status, headers: { "Content-Type": "application/problem+json", ...headers } });

function header({ init }: Asked, name: string): string | null {
  return new Headers(init.headers).get(name);
}

async function failure(promise: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
}

describe("a request", () => {
  test("carries the token, the query and the value as JSON", async () => {
    const { asked, fetch } = answering(json({ ok: true }));
    const api = createHttpApi({ fetch, token: () => "t0k3n" });
    const query = { q: "a b", none: undefined, tag: ["x", "y"] };
    expect(await api.post("/v1/x?limit=2", { a: 1 }, { query })).toEqual({ ok: true });
    const [first] = asked;
    expect(first?.url).toBe("/v1/x?limit=2&q=a+b&tag=x&tag=y");
    expect(first?.init).toMatchObject({ method: "POST", body: '{"a":1}', credentials: "omit" });
    expect(first && header(first, "Authorization")).toBe("Bearer t0k3n");
  });

  test("gives the answer's tag for a later save", async () => {
    const { fetch } = answering(json({}, { headers: { ETag: '"7"' } }));
    const api = createHttpApi({ fetch, token: () => undefined });
    expect(await api.ask("/v1/x")).toMatchObject({ value: {}, status: 200, etag: '"7"' });
  });

  test("without an answer says so, and may be tried again", async () => {
    const api = createHttpApi({ fetch: answering().fetch, token: () => undefined });
    const error = await failure(api.get("/v1/x"));
    expect(error).toMatchObject({ status: NO_ANSWER, code: "no_answer", isTransient: true });
    expect(error.message).toBe("the gateway does not answer; check that it runs, and the network between");
  });
});

describe("a problem", () => {
  const ask = (answer: () => Response): Promise<ProblemError> =>
    failure(createHttpApi({ fetch: answering(answer).fetch, token: () => undefined }).get("/v1/x"));

  test("is told in the server's words, with all its members", async () => {
    const members = { title: "Too many", detail: "slow down", code: "rate_limited", traceId: "4bf9", findings: [1] };
    const error = await ask(problem(members, 429, { "Retry-After": "7" }));
    expect(error.message).toBe("slow down");
    expect(error).toMatchObject({ status: 429, code: "rate_limited", traceId: "4bf9", retryAfterSeconds: 7 });
    expect(error.isTransient).toBe(true);
    expect(error.problem["findings"]).toEqual([1]);
  });

  test("that is no document keeps its status and its text", async () => {
    const error = await ask(() => new Response("there is no such file\n", { status: 404 }));
    expect(error).toMatchObject({
      status: 404,
      code: "http_404",
      message: "there is no such file",
      isTransient: false,
    });
  });

  test("that was cut off keeps its status", async () => {
    const type = { "Content-Type": "application/problem+json" };
    const error = await ask(() => new Response('{"detail": "half', { status: 502, headers: type }));
    expect(error).toMatchObject({ status: 502, code: "http_502" });
  });
});

describe("a project's API", () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const token = (text: string) => json({ token: text, expiresAt: soon });

  test("asks for a token of the project once", async () => {
    const { asked, fetch } = answering(token("p1"), json(1), json(2));
    const { project } = createApis({ fetch, token: () => "admin", onSignedOut: () => undefined });
    await project("shop").get("/api/v1/functions");
    await project("shop").get("/api/v1/functions");
    expect(asked.map(({ url }) => url)).toEqual([
      "/v1/admin/projects/shop/token",
      "/api/v1/functions",
      "/api/v1/functions",
    ]);
    expect(asked.map((each) => header(each, "Authorization"))).toEqual(["Bearer admin", "Bearer p1", "Bearer p1"]);
    expect(asked[1] && header(asked[1], "X-Fmesh-Project")).toBe("shop");
  });

  test("takes another token, once, when its own is refused", async () => {
    const refused = problem({ detail: "bad token", code: "unauthenticated" }, 401);
    const { asked, fetch } = answering(token("p1"), refused, token("p2"), json("fine"));
    const { project } = createApis({ fetch, token: () => "admin", onSignedOut: () => undefined });
    expect(await project("shop").get("/api/v1/functions")).toBe("fine");
    expect(asked).toHaveLength(4);
  });

  test("asks again for a token that could not be had", async () => {
    const noSecret = problem({ detail: 'project "shop" has no secret', code: "invalid_request" }, 409);
    const { fetch } = answering(noSecret, token("p1"), json("fine"));
    const { project } = createApis({ fetch, token: () => "admin", onSignedOut: () => undefined });
    const error = await failure(project("shop").get("/api/v1/functions"));
    expect(error.message).toBe('project "shop" has no secret');
    expect(await project("shop").get("/api/v1/functions")).toBe("fine");
  });

  test("takes another token before its own ends", async () => {
    const { asked, fetch } = answering(
      json({ token: "old", expiresAt: new Date().toISOString() }),
      json(1),
      token("p2"),
      json(2),
    );
    const { project } = createApis({ fetch, token: () => "admin", onSignedOut: () => undefined });
    await project("shop").get("/x");
    await project("shop").get("/x");
    expect(asked[3] && header(asked[3], "Authorization")).toBe("Bearer p2");
  });
});

test("whoever the administrators' API refuses is signed out", async () => {
  let signedOut = 0;
  const { fetch } = answering(problem({ detail: "expired", code: "unauthenticated" }, 401));
  const { admin } = createApis({ fetch, token: () => "old", onSignedOut: () => signedOut++ });
  expect(await failure(admin.get("/v1/admin/mesh"))).toMatchObject({ status: 401 });
  expect(signedOut).toBe(1);
});
