import { describe, expect, test } from "vitest";
import { asClient, asCurl, asFmeshCall } from "../../console/playground/code.ts";
import { parseCaller, parseClaims, writeCaller } from "../../console/playground/caller.ts";
import { type Draft, draftOf, isTimeout, parseBody, requestOf, searchOf } from "../../console/playground/draft.ts";
import { addPastCall, readPastCalls } from "../../console/playground/past-calls.ts";
import type { Outcome } from "../../console/playground/outcome.ts";
import { runCall } from "../../console/playground/run-call.ts";
import { parsePlaygroundSearch } from "../../console/playground/search.ts";
import { parseServerTiming } from "../../console/playground/server-timing.ts";
import { recordModeOf, sourceOf } from "../../console/service/recording.ts";
import { ruleEntryOf } from "../../console/service/rule-entry.ts";
import { startCommand } from "../support/fmesh.ts";

const PLACE = { project: "my-adder", origin: "http://127.0.0.1:4122" };
const sum = (part: Partial<Draft> = {}): Draft => ({
  ...draftOf({ service: "arithmetic", function: "sum" }, '{ "num1": 10, "num2": 20 }'),
  ...part,
});

describe("a call that is written", () => {
  test("is in its address as a whole, and comes back from there", () => {
    const draft = sum({
      caller: { kind: "claims", claims: '{"id":"ann"}' },
      timeout: "2.5",
      key: "k-1",
      type: "text/plain",
    });
    const search = searchOf(draft);
    expect(draftOf(parsePlaygroundSearch({ ...search }), "")).toEqual(draft);
    expect(JSON.stringify(search)).not.toMatch(/token|eyJ/i);
  });

  test("may have been written into an address by hand", () => {
    expect(
      parsePlaygroundSearch({ service: "a", body: { num1: 1 }, as: { id: "x" }, timeout: 3, nonsense: 1 }),
    ).toEqual({
      service: "a",
      body: '{"num1":1}',
      as: '{"id":"x"}',
      timeout: "3",
    });
    expect(parsePlaygroundSearch({ body: "x".repeat(9000), service: "" })).toEqual({});
  });

  test("is sent with what it says, and nothing else", () => {
    expect(requestOf(sum({ timeout: "2.5", key: "k-1" }), "my adder")).toEqual({
      path: "/v1/call/my%20adder/arithmetic/sum",
      headers: { "Content-Type": "application/json", "X-Request-Timeout": "2.5", "Idempotency-Key": "k-1" },
      body: '{ "num1": 10, "num2": 20 }',
    });
    expect(requestOf(sum({ body: " " }), "p")).toMatchObject({ headers: {}, body: undefined });
  });

  test("has callers, bodies and timeouts that are told from nonsense", () => {
    for (const as of [undefined, "anonymous", '{"id":1}']) expect(writeCaller(parseCaller(as))).toBe(as);
    expect(parseClaims("[1]")).toHaveProperty("error");
    expect(parseClaims('{"role":"admin"}')).toEqual({ claims: { role: "admin" } });
    expect(parseBody("")).toEqual({ value: undefined });
    expect(parseBody("{")).toHaveProperty("error");
    expect(["", "2.5", "0", "-1", "soon"].map(isTimeout)).toEqual([true, true, false, false, false]);
  });
});

describe("the same call from elsewhere", () => {
  test("as a command of curl, which a shell reads as it is meant", async () => {
    const text = asCurl(sum({ body: `{"text":"it's $HOME \\\\ \`x\`"}` }), PLACE);
    const command = startCommand(["sh", "-c", `curl() { printf '%s\\n' "$@"; }\n${text}`]);
    await command.exited;
    expect(command.output().split("\n")).toContain(`{"text":"it's $HOME \\\\ \`x\`"}`);
    expect(text).toContain('-H "Authorization: Bearer $FMESH_TOKEN"');
    expect(text).toContain("--json ");
    expect(text).not.toContain("Content-Type");
    expect(asCurl(sum({ caller: { kind: "anonymous" } }), PLACE)).not.toContain("Authorization");
  });

  test("as fmesh call", () => {
    expect(asFmeshCall(sum({ caller: { kind: "claims", claims: '{"id":"ann"}' }, timeout: "3" }), PLACE)).toBe(
      `fmesh call arithmetic.sum \\
  '{"num1":10,"num2":20}' \\
  --project my-adder --url http://127.0.0.1:4122 \\
  --claims '{"id":"ann"}' \\
  --timeout 3`,
    );
  });

  test("by the typed client", () => {
    expect(asClient(sum({ caller: { kind: "anonymous" }, timeout: "2.5" }), PLACE))
      .toBe(`import { client } from "functions-mesh/client";
import type { arithmetic } from "./arithmetic.ts";

const mesh = client<typeof arithmetic>({
  url: "http://127.0.0.1:4122",
  project: "my-adder",
});

const result = await mesh.arithmetic.sum({
  num1: 10,
  num2: 20
}, { timeoutMs: 2500 });`);
    expect(asClient(sum({ service: "a-b", name: "c-d", body: "" }), PLACE)).toContain('mesh["a-b"]["c-d"]()');
    expect(asClient(sum({ name: "count", body: '{"to":3}' }), { ...PLACE, isStream: true })).toContain(
      "for await (const item of mesh.arithmetic.count({",
    );
  });
});

describe("what comes of a call", () => {
  const answer = (body: BodyInit | null, init: ResponseInit): Promise<readonly [Outcome, readonly Outcome[]]> => {
    const seen: Outcome[] = [];
    const fetch = (): Promise<Response> => Promise.resolve(new Response(body, init));
    const { signal } = new AbortController();
    const options = { fetch, token: "t", signal, onProgress: (outcome: Outcome) => seen.push(outcome) };
    return runCall(requestOf(sum(), "p"), options).then((outcome) => [outcome, seen]);
  };
  const type = (value: string): ResponseInit => ({ headers: { "Content-Type": value } });

  test.each([
    ["application/json", '{"sum":3}', { kind: "json", value: { sum: 3 } }],
    ["text/plain;charset=utf-8", "hello", { kind: "text", text: "hello" }],
    [
      "application/octet-stream",
      "\u0001",
      { kind: "bytes", bytes: new Uint8Array([1]), type: "application/octet-stream" },
    ],
    ["application/json", "", { kind: "none" }],
  ])("%s %j", async (media, body, expected) => {
    const [{ status, body: read }] = await answer(body, type(media));
    expect([status, read]).toEqual([200, expected]);
  });

  test("items as they come, and whether they are all", async () => {
    const events = "data: 1\n\ndata: 2\n\nevent: end\ndata: null\n\n";
    const [outcome, seen] = await answer(events, type("text/event-stream"));
    const items = [1, 2].map((value) => ({ place: value, value }));
    expect(outcome.body).toEqual({ kind: "items", count: 2, items, state: "complete" });
    expect(seen.length).toBeGreaterThan(0);
    const [broken] = await answer("data: 1\n\n", type("text/event-stream"));
    expect(broken.body).toMatchObject({ state: "broken", count: 1 });
    const problem = {
      type: "x",
      title: "The function failed",
      status: 500,
      code: "function_failed",
      detail: "it broke",
    };
    const [failed] = await answer(
      `data: 1\n\nevent: error\ndata: ${JSON.stringify(problem)}\n\n`,
      type("text/event-stream"),
    );
    expect(failed).toMatchObject({ body: { state: "broken" }, problem: { detail: "it broke" } });
  });

  test("problems with all they say", async () => {
    const problem = {
      type: "x",
      title: "t",
      status: 422,
      code: "function_failed",
      detail: "no",
      reason: "zero",
      data: 1,
    };
    const [outcome] = await answer(JSON.stringify(problem), { status: 422, ...type("application/problem+json") });
    expect(outcome).toMatchObject({ status: 422, problem });
  });

  test("nothing at all", async () => {
    const { signal } = new AbortController();
    const fetch = (): Promise<Response> => Promise.reject(new TypeError("failed to fetch"));
    const outcome = await runCall(requestOf(sum(), "p"), {
      fetch,
      token: undefined,
      signal,
      onProgress: () => undefined,
    });
    expect(outcome).toMatchObject({ status: 0, problem: { code: "no_answer" } });
    const stopped = { fetch, token: undefined, signal: AbortSignal.abort(), onProgress: () => undefined };
    expect(await runCall(requestOf(sum(), "p"), stopped)).toMatchObject({ problem: { code: "cancelled" } });
  });

  test("where the time went", () => {
    const header =
      'auth;dur=0.5, body;dur=0.1, rule;dur=0.2, mesh;dur=2, fn;dur=1, out;dur=0.2, total;dur=4, traceparent;desc="00-01a1fc547c2fef230ef7dc37d00d0e4e-c5296c142d6f9892-01"';
    const { parts, totalMs, traceId } = parseServerTiming(header);
    expect(parts.map(({ name, ms }) => [name, ms])).toEqual([
      ["body", 0.1],
      ["auth", 0.5],
      ["rule", 0.2],
      ["mesh", 2],
      ["fn", 1],
      ["out", 0.2],
    ]);
    expect([totalMs, traceId]).toEqual([4, "01a1fc547c2fef230ef7dc37d00d0e4e"]);
    expect(parseServerTiming(null)).toEqual({ parts: [], totalMs: undefined, traceId: undefined });
  });
});

test("the last calls are remembered, the newest first, and not for ever", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  for (let at = 0; at < 30; at++) addPastCall(storage, "p", { at, status: 200, tookMs: 1, search: { service: "a" } });
  expect(readPastCalls(storage, "p").map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => 29 - index));
  expect(readPastCalls(storage, "other")).toEqual([]);
  stored.set("fmesh.playground.p", "{");
  expect(readPastCalls(storage, "p")).toEqual([]);
});

test("what is recorded, and which rule counts, is said by the function, its service's default, or the default service", () => {
  const rule = { rule: "allow" } as const;
  const services = {
    pay: {
      functions: {
        charge: { record: { mode: "full" } },
        quote: { record: false, rule },
        default: { record: "result", rule },
      },
    },
    default: { functions: { default: { record: "full", rule } } },
  };
  const project = { id: "p", hasKey: true, registration: "open", services, advice: [] } as const;
  const modes = ["charge", "quote", "refund"].map((name) => recordModeOf(project, "pay", name));
  expect(modes).toEqual(["full", "off", "result"]);
  expect(recordModeOf(project, "mail", "send")).toBe("full");
  expect(recordModeOf(undefined, "mail", "send")).toBe("off");
  expect(ruleEntryOf(project, "pay", "quote")).toEqual({ service: "pay", function: "quote" });
  expect(ruleEntryOf(project, "pay", "charge")).toEqual({ service: "pay", function: "default" });
  expect(ruleEntryOf(project, "pay", "refund")).toEqual({ service: "pay", function: "default" });
  expect(ruleEntryOf(project, "mail", "send")).toEqual({ service: "default", function: "default" });
  expect(ruleEntryOf({ ...project, services: {} }, "mail", "send")).toBeUndefined();
  expect([sourceOf("pay", "charge"), sourceOf("greet", "handler")]).toEqual(["pay.charge", "greet"]);
});
