import { describe, expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { handlerPlaces } from "../../console/functions/build/handler-places.ts";
import { NOTHING_TOLD, afterEvent, durationMs, onConnected } from "../../console/functions/build/job-progress.ts";
import { freeLabel, labelProblem } from "../../console/functions/create/label-problem.ts";
import { draftAfter, isConflict, parseDraft } from "../../console/functions/edit/draft.ts";
import { DraftStore } from "../../console/functions/edit/draft-store.ts";
import { parseDependency } from "../../console/functions/edit/parse-dependency.ts";
import { shortTraffic } from "../../console/functions/list/short-traffic.ts";
import { parseFunctionSearch, parseFunctionsSearch } from "../../console/functions/search.ts";

const STORED: StoredFunction = {
  ...{ id: "f1", project: "shop", label: "greet", description: "", template: "typescript", runtime: "bun" },
  ...{ handler: "one", env: {}, secrets: {}, dependencies: {}, timeoutMs: 10_000, network: "none" },
  scale: { min: 0, max: 10, concurrency: 20, idleSeconds: 60 },
  resources: { memory: "256Mi", cpu: "1" },
  ...{
    version: 1,
    createdAt: "",
    createdBy: "ada",
    updatedAt: "",
    status: "created",
    url: undefined,
    traffic: { 1: 100 },
  },
};

describe("a draft", () => {
  test("is there while something differs from what is saved", () => {
    const draft = draftAfter(undefined, STORED, { handler: "two" });
    expect(draft).toMatchObject({ handler: "two", base: { version: 1, handler: "one" } });
    expect(draftAfter(draft, STORED, { handler: "one" })).toBeUndefined();
    expect(draftAfter(undefined, STORED, { dependencies: { tea: "1.0.0" } })).toMatchObject({ handler: "one" });
  });

  test("is in conflict with other code only, not with other settings or the very same code", () => {
    const draft = draftAfter(undefined, STORED, { handler: "two" });
    if (draft === undefined) throw new Error("there is a draft after a change");
    expect(isConflict(draft, STORED)).toBe(false);
    expect(isConflict(draft, { ...STORED, version: 2, timeoutMs: 5 })).toBe(false);
    expect(isConflict(draft, { ...STORED, version: 2, handler: "two" })).toBe(false);
    expect(isConflict(draft, { ...STORED, version: 2, handler: "three" })).toBe(true);
  });

  test("is kept, and what is no draft is passed over", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const draft = draftAfter(undefined, STORED, { handler: "two" });
    new DraftStore(storage).set("ada.f1", draft);
    const again = new DraftStore(storage);
    expect(again.get("ada.f1")).toEqual(draft);
    expect(again.get("bob.f1")).toBeUndefined();
    again.set("ada.f1", undefined);
    expect(kept.size).toBe(0);
    expect(["", "null", "[]", '{"handler":"x"}'].map(parseDraft)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("a job", () => {
  test("tells its log anew with each connection", () => {
    const line = { event: "log", data: '"installed"' };
    const told = afterEvent(afterEvent(NOTHING_TOLD, line), { event: undefined, data: '{"id":"j1"}' });
    expect(told).toEqual({ job: { id: "j1" }, log: ["installed"] });
    expect(afterEvent(onConnected(told), line)).toEqual(told);
    expect(afterEvent(told, { event: "other", data: "?" })).toBe(told);
  });

  test("takes time from when it began", () => {
    const startedAt = "2026-01-01T00:00:00Z";
    expect(durationMs({}, 5)).toBeUndefined();
    expect(durationMs({ startedAt }, Date.parse(startedAt) + 5)).toBe(5);
    expect(durationMs({ startedAt, endedAt: "2026-01-01T00:00:02Z" }, 0)).toBe(2000);
  });

  test("points to places of the handler, and to nothing else", () => {
    const error = {
      code: "handler_invalid",
      message: "Unexpected ;",
      issues: [
        { path: ["handler.ts", 2, 16], message: "Unexpected ;" },
        { path: ["dependencies", "tea"], message: "is no version" },
      ],
    };
    expect(handlerPlaces(error)).toEqual([{ line: 2, column: 16, tone: "bad", message: "Unexpected ;" }]);
  });
});

test.each([
  ["", undefined],
  ["greet-2", undefined],
  ["a.b", /letters, digits/],
  ["x".repeat(65), /65 characters/],
  ["deployer", /service of the mesh/],
  ["taken", /already/],
])("the name “%s” is told what is wrong with it", (label, problem) => {
  const told = labelProblem(label, ["taken"]);
  if (problem === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(problem);
});

test("a name that is taken gets a number", () => {
  expect(freeLabel("hello", [])).toBe("hello");
  expect(freeLabel("hello", ["hello", "hello-2"])).toBe("hello-3");
});

test("packages are read with their versions", () => {
  expect(parseDependency(" @scope/tea@^1.2.0 ")).toEqual({ name: "@scope/tea", version: "^1.2.0" });
  for (const text of ["tea", "@scope/tea", "tea@", "tea@latest", "Tea@1.0.0", "tea@file:../tea"])
    expect(parseDependency(text)).toHaveProperty("problem");
});

test("who gets the calls is told in few words", () => {
  const { traffic } = STORED;
  expect(shortTraffic({ status: "built", url: undefined, traffic })).toBe("not deployed");
  expect(shortTraffic({ status: "deployed", url: "/x", traffic })).toBe("v1");
  expect(shortTraffic({ status: "built", url: "/x", traffic: { 1: 90, 2: 10, 3: 0 } })).toBe("v1 90 %, v2 10 %");
});

test("addresses that make no sense show what is usual", () => {
  expect(parseFunctionSearch({ tab: "cellar", version: -1, compare: "2", job: 5, find: "" })).toEqual({});
  expect(parseFunctionSearch({ tab: "code", version: 2 })).toEqual({ tab: "code", version: 2 });
  expect(parseFunctionsSearch({ find: "x", view: "jobs", create: "" })).toEqual({ find: "x", view: "jobs" });
});
