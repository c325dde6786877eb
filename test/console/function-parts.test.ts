import { describe, expect, test } from "vitest";
import { stepsOf } from "../../console/functions/deploy/steps.ts";
import { callCode } from "../../console/functions/detail/call-code.ts";
import { nextStep } from "../../console/functions/detail/next-step.ts";
import { ruleOf } from "../../console/functions/detail/rule-of.ts";
import { isSameTraffic, trafficInWords } from "../../console/functions/detail/traffic-words.ts";
import { whatToDo } from "../../console/functions/detail/what-to-do.ts";
import { jsonProblem, requestOf } from "../../console/functions/invoke/call-function.ts";
import { asText, hasWords, readLine } from "../../console/functions/logs/log-line.ts";
import { MOST_LINES, NOTHING_HELD, withLines } from "../../console/functions/logs/log-lines.ts";
import { markedPieces } from "../../console/functions/logs/marked.ts";
import { withShare } from "../../console/functions/versions/shares.ts";
import type { DeployedFunction, DeployedLine } from "../../mesh/deployment.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { RuledServices } from "../../console/api/admin-types.ts";

const line = (text: string, at = "2026-11-20T12:00:00.000Z"): DeployedLine => ({
  ...{ version: 1, instance: "v1-0", at, text },
});

const stored: StoredFunction = {
  ...{ id: "0190", project: "shop", label: "greet", description: "", template: "typescript", runtime: "bun" },
  ...{ handler: "x", env: {}, secrets: {}, dependencies: {}, timeoutMs: 1000, network: "none" },
  scale: { min: 0, max: 1, concurrency: 1, idleSeconds: 1 },
  resources: { memory: "64Mi", cpu: "1" },
  ...{ version: 2, createdAt: "", createdBy: "ada", updatedAt: "", url: undefined, traffic: {}, status: "created" },
};

describe("shares of the calls", () => {
  test("add up to 100 whatever one of them becomes, and the others keep their proportion", () => {
    expect(withShare({ 1: 75, 2: 25 }, 2, 40)).toEqual({ 1: 60, 2: 40 });
    expect(withShare({ 1: 60, 2: 30, 3: 10 }, 3, 55)).toEqual({ 1: 30, 2: 15, 3: 55 });
    for (let percent = 0; percent <= 100; percent++) {
      const shares = Object.values(withShare({ 1: 33, 2: 33, 3: 34 }, 2, percent));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    }
  });

  test("of a single version are all of them, and go to the newest where no other has any", () => {
    expect(withShare({ 4: 100 }, 4, 20)).toEqual({ 4: 100 });
    expect(withShare({ 1: 0, 2: 0, 3: 100 }, 3, 70)).toEqual({ 1: 0, 2: 30, 3: 70 });
  });

  test("are told in words, the largest first", () => {
    expect(trafficInWords({ 3: 100, 2: 0 })).toBe("All calls go to version 3");
    expect(trafficInWords({ 1: 20, 2: 70, 3: 10 })).toBe(
      "70 % of the calls go to version 2, 20 % to version 1 and 10 % to version 3",
    );
    expect(trafficInWords({})).toBe("No version gets calls yet");
    expect(isSameTraffic({ 1: 100, 2: 0 }, { 1: 100 })).toBe(true);
    expect(isSameTraffic({ 1: 100 }, { 1: 99, 2: 1 })).toBe(false);
  });
});

describe("what to do next", () => {
  const deployed = { state: "ready" } as DeployedFunction;
  const known = { fn: stored, deployed: null, job: undefined, hasRule: false };

  test("goes from a stored function to one that is called", () => {
    const titleOf = (more: Partial<Parameters<typeof nextStep>[0]>) => nextStep({ ...known, ...more })?.title;
    expect(titleOf({})).toBe("“greet” is stored, and does not run yet");
    expect(titleOf({ fn: { ...stored, status: "built" } })).toBe("Version 2 is built");
    expect(titleOf({ fn: { ...stored, status: "building" } })).toBe("Version 2 is being built");
    const running = { fn: { ...stored, status: "deployed", traffic: { 2: 100 } } as const, deployed };
    expect(titleOf(running)).toBe("Nobody may call it yet");
    expect(titleOf({ ...running, hasRule: true })).toBeUndefined();
    expect(titleOf({ fn: { ...running.fn, traffic: { 1: 100 } }, deployed, hasRule: true })).toBe(
      "Version 2 gets no calls yet",
    );
  });

  test("is not said before it is known how things stand", () => {
    expect(nextStep({ ...known, deployed: undefined, hasRule: undefined })).toBeUndefined();
  });

  test("is known for the words of deployments and of jobs", () => {
    expect(whatToDo("CrashLoop")).toBe(whatToDo("crash_loop"));
    expect(whatToDo("OutOfMemory")).toContain("memory");
    expect(whatToDo("Starting")).toBeUndefined();
    expect(whatToDo(undefined)).toBeUndefined();
  });
});

test("a rule is found as the gateway finds it", () => {
  const allow = { rule: "allow", words: "everybody" } as const;
  const rules = (services: object): RuledServices => services as RuledServices;
  expect(ruleOf(rules({}), "greet")).toBeUndefined();
  expect(ruleOf(rules({ greet: { functions: { handler: { rule: allow } } } }), "greet")).toBeDefined();
  expect(ruleOf(rules({ greet: { functions: { default: { rule: allow } } } }), "greet")).toBeDefined();
  expect(ruleOf(rules({ default: { functions: { default: { rule: allow } } } }), "greet")).toBeDefined();
  const own = {
    greet: { functions: { other: { rule: allow } } },
    default: { functions: { default: { rule: allow } } },
  };
  expect(ruleOf(rules(own), "greet")).toBeUndefined();
  expect(ruleOf(rules({}), "constructor")).toBeUndefined();
});

test("a deployment shows what is done, what goes on and what is to come", () => {
  const steps = [{ name: "verify", durationMs: 3 }, { name: "apply" }];
  const states = stepsOf({ kind: "deploy", state: "running", steps }).map(({ name, state }) => `${name} ${state}`);
  expect(states).toEqual(["verify done", "apply running", "wait waiting", "traffic waiting"]);
  expect(stepsOf({ kind: "deploy", state: "failed", steps })[1]?.state).toBe("failed");
});

describe("a line of a log", () => {
  test("that is JSON says how much it matters and what it is about", () => {
    expect(readLine(line('{"level":"warn","msg":"late","ms":7,"time":1}'), 1)).toMatchObject({
      ...{ level: "warning", message: "late", rest: "ms=7" },
    });
    const ours =
      '{"level":"info","msg":"sent","service":"a","function_version":"1","instance":"i","traceId":"t","to":"Ann Lee"}';
    expect(readLine(line(ours), 1).rest).toBe('to="Ann Lee" traceId=t');
    expect(readLine(line('{"level":50,"message":"broke","err":{"stack":"Error: x\\n at y"}}'), 1)).toMatchObject({
      ...{ level: "error", message: "broke\nError: x\n at y", rest: "" },
    });
  });

  test("that is a text stays one, also if it only looks like JSON", () => {
    expect(readLine(line("{ not json"), 1)).toMatchObject({ level: undefined, message: "{ not json" });
    expect(readLine(line("ERROR: no room"), 1)).toMatchObject({ level: "error", message: "ERROR: no room" });
    expect(readLine(line('{"a":1}'), 1)).toMatchObject({ message: '{"a":1}', rest: "" });
  });

  test("is found by its words as they are shown, which are marked", () => {
    const asked = readLine(line("Asked for Ada"), 1);
    expect(hasWords(asked, "ada asked")).toBe(true);
    expect(hasWords(asked, "bob")).toBe(false);
    const late = readLine(line('{"level":40,"msg":"late","ms":7,"time":12}'), 1);
    expect(["warning", "ms=7 LATE", "level", "12", '"ms"'].map((find) => hasWords(late, find))).toEqual([
      ...[true, true, false, false, false],
    ]);
    const pieces = markedPieces("a (b) A", "(b) a").map(({ piece, isFound }) => (isFound ? `<${piece}>` : piece));
    expect(pieces.join("")).toBe("<a> <(b)> <A>");
    expect(asText([line("hello")])).toBe("2026-11-20T12:00:00.000Z v1 v1-0 hello\n");
  });

  test("is held once when the stream is taken up again, and the oldest go", () => {
    const held = withLines(NOTHING_HELD, [line("one"), line("two")]);
    const again = withLines(held, [line("two"), line("three")], true);
    expect(again.lines.map(({ text }) => text)).toEqual(["one", "two", "three"]);
    expect(new Set(again.lines.map(({ id }) => id)).size).toBe(3);
    const many = withLines(
      again,
      Array.from({ length: MOST_LINES }, (_, index) => line(`line ${index}`)),
    );
    expect(many.lines).toHaveLength(MOST_LINES);
    expect(many.lines[0]?.text).toBe("line 0");
  });
});

describe("a call", () => {
  test("is the request of its way", () => {
    expect(requestOf(stored, { way: "id", params: '{"a":1}' })).toEqual({
      ...{ path: "/api/v1/functions/invoke/0190", body: '{"data":{"a":1}}' },
    });
    expect(requestOf(stored, { way: "mesh", params: "1" })).toEqual({ path: "/v1/call/shop/greet/handler", body: "1" });
    expect(jsonProblem("{")).toBeDefined();
    expect(jsonProblem("")).toBeUndefined();
  });

  test("is written down for a shell, whatever is in it, and without a token", () => {
    const code = callCode({
      origin: "https://mesh.example.com",
      project: "shop",
      label: "say-it",
      params: '{"a":"it\'s"}',
    });
    expect(code.fmesh).toBe(String.raw`fmesh call say-it.handler '{"a":"it'\''s"}'`);
    expect(code.curl).toContain('-H "Authorization: Bearer $FMESH_TOKEN"');
    expect(code.typescript).toContain('mesh["say-it"].handler(');
  });
});
