import { expect, test } from "vitest";
import { compileRule } from "../../../gateway/rules/compile.ts";
import { evaluate, passes, recordingLog, ruleDeps } from "./rule-deps.ts";

const rule = { rule: "func", service: "guard", func: "check" };

test("the function gets the claims, and the arguments one level down", async () => {
  const calls: unknown[] = [];
  const deps = ruleDeps({
    call(address, params, claims) {
      calls.push({ address, params, claims });
      return Promise.resolve({ ack: true });
    },
  });
  expect(await passes(rule, { auth: { id: "u1" }, params: { n: 1 } }, deps)).toBe(true);
  expect(await passes({ rule: "function", service: "guard", function: "check" }, {}, deps)).toBe(true);
  const address = { service: "guard", function: "check" };
  expect(calls).toEqual([
    { address, params: { params: { n: 1 } }, claims: { id: "u1" } },
    { address, params: { params: null }, claims: {} },
  ]);
});

test.each([
  [{ ack: false }],
  [{ ack: "true" }],
  [{ ack: 1 }],
  [{}],
  [null],
  [true],
  ["ack"],
  [[{ ack: true }]],
  [undefined],
])("the answer %j refuses", async (answer) => {
  expect(await passes(rule, {}, ruleDeps({ call: () => Promise.resolve(answer) }))).toBe(false);
});

test("an answer that only inherits its ack refuses", async () => {
  const answer: unknown = Object.create({ ack: true });
  expect(await passes(rule, {}, ruleDeps({ call: () => Promise.resolve(answer) }))).toBe(false);
});

test("an error refuses and is logged", async () => {
  const log = recordingLog();
  const deps = ruleDeps({ log, call: () => Promise.reject(new Error("nobody serves guard.check")) });
  expect(await passes(rule, {}, deps)).toBe(false);
  expect(log.lines).toEqual([
    {
      message: "a rule could not be evaluated and refused the call",
      fields: { rule: "func", reason: "nobody serves guard.check" },
    },
  ]);
});

test("the function has five seconds, or what is left of the call", async () => {
  const budgets: number[] = [];
  const deps = ruleDeps({
    now: () => 1000,
    call(_address, _params, _claims, { deadlineMs }) {
      budgets.push(deadlineMs);
      return Promise.resolve({ ack: true });
    },
  });
  const compiled = compileRule({ rule: "func", service: "guard", func: "check" }, deps);
  await compiled.evaluate({ auth: {}, params: null }, { deadlineMs: 61_000 });
  await compiled.evaluate({ auth: {}, params: null }, { deadlineMs: 1200 });
  expect(budgets).toEqual([6000, 1200]);
});

test("a call whose time is over refuses and asks nobody", async () => {
  const log = recordingLog();
  let clock = 0;
  const deps = ruleDeps({ log, now: () => (clock === 0 ? clock++ : 20_000) });
  expect((await evaluate(rule, {}, deps)).allowed).toBe(false);
  expect(log.lines[0]?.fields["reason"]).toBe("the call's time is over");
});

test("a function that does not answer is given up, and told so", async () => {
  const log = recordingLog();
  let told = false;
  let clock = 0;
  const deps = ruleDeps({
    log,
    now: () => (clock === 0 ? clock++ : 9_990),
    call: (_address, _params, _claims, { signal }) =>
      new Promise(() => signal.addEventListener("abort", () => (told = true))),
  });
  expect((await evaluate(rule, {}, deps)).allowed).toBe(false);
  expect(told).toBe(true);
  expect(log.lines[0]?.fields["reason"]).toBe("there was no answer within 10 ms");
});

test("a caller who hangs up stops the asking", async () => {
  const caller = new AbortController();
  const deps = ruleDeps({
    call() {
      caller.abort(new Error("the caller hung up"));
      return new Promise(() => undefined);
    },
  });
  const compiled = compileRule({ rule: "func", service: "guard", func: "check" }, deps);
  const budget = { deadlineMs: deps.now() + 60_000, signal: caller.signal };
  expect(await compiled.evaluate({ auth: {}, params: null }, budget)).toMatchObject({ allowed: false });
  expect(await compiled.evaluate({ auth: {}, params: null }, budget)).toMatchObject({ allowed: false });
});
