import { describe, expect, test } from "vitest";
import { type LogLevel, jsonLog, silentLog } from "../../mesh/log.ts";

const LEVELS: LogLevel[] = ["debug", "info", "warn", "error"];

function recorded(options: { level?: LogLevel } = {}): { log: ReturnType<typeof jsonLog>; lines: string[] } {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), { ...options, now: () => new Date(0) });
  return { log, lines };
}

test("a line is one JSON document: time, level, message, fields", () => {
  const { log, lines } = recorded();
  log.info("two\nlines", { count: 2, nothing: undefined });
  expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"two\\nlines","count":2}']);
});

test.each(LEVELS)("at level %s, lower ones are left out", (level) => {
  const { log, lines } = recorded({ level });
  for (const each of LEVELS) log[each]("said");
  expect(lines.map((line) => (JSON.parse(line) as { level: LogLevel }).level)).toEqual(
    LEVELS.slice(LEVELS.indexOf(level)),
  );
});

test("info is the default level", () => {
  const { log, lines } = recorded();
  log.debug("not said");
  expect(lines).toEqual([]);
});

test("a child adds its fields to its parent's, and a line's own win", () => {
  const { log, lines } = recorded();
  log.with({ service: "a", part: 1 }).with({ part: 2, call: 1 }).warn("said", { call: 3 });
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", service: "a", part: 2, call: 3 });
});

describe("an error in a field", () => {
  test("is its name, text, stack and causes, and nothing else it carries", () => {
    const { log, lines } = recorded();
    const cause = Object.assign(new TypeError("deeper"), { config: { token: "s3cret" } });
    log.error("failed", { error: Object.assign(new Error("above", { cause }), { headers: "s3cret" }) });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      error: { name: "Error", message: "above", stack: /./, cause: { name: "TypeError", message: "deeper" } },
    });
    expect(lines[0]).not.toContain("s3cret");
  });

  test("that gathers others shows each of them", () => {
    const { log, lines } = recorded();
    log.error("failed", { error: new AggregateError([new Error("one"), new Error("two")], "both") });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      error: { message: "both", errors: [{ message: "one" }, { message: "two" }] },
    });
  });
});

describe("a field that JSON cannot hold does not cost the line", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const fussy = {
    toJSON: () => {
      throw new Error("not me");
    },
  };
  test.each([
    ["a bigint", 10n, "10"],
    ["a cycle", cycle, "(cannot be shown as JSON)"],
    ["an object that refuses", fussy, "(cannot be shown as JSON)"],
    ["an error caused by a cycle", new Error("text", { cause: cycle }), expect.objectContaining({ message: "text" })],
  ])("%s", (_what, value, shown) => {
    const { log, lines } = recorded();
    log.error("failed", { value, other: "kept" });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "failed", value: shown, other: "kept" });
  });
});

test("the silent log is silent, and so are its children", () => {
  for (const level of LEVELS) silentLog.with({ a: 1 })[level]("said");
  expect(silentLog.with({ a: 1 })).toBe(silentLog);
});
