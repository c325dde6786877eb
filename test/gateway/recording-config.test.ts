import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createRecordSelector } from "../../gateway/recording/record-rules.ts";
import { parseConfig } from "../../gateway/config.ts";
import { ConfigError } from "../../gateway/config/config-error.ts";

function servicesOf(functions: string): NonNullable<ReturnType<typeof parse>>["services"] {
  return parse(functions).services;
}

function parse(functions: string) {
  const text = `
projects:
  - id: shop
    services:
      pay:
        functions:
${functions}
      other: { functions: { list: { rule: allow } } }
`;
  const [project] = parseConfig(text, { filename: "fmesh.yaml", env: {} }).projects;
  if (project === undefined) throw new Error("the configuration holds a project");
  return project;
}

test("the mode alone stands for settings with every default", () => {
  const { pay } = servicesOf("          charge: { rule: allow, record: full }");
  expect(pay?.functions["charge"]?.record).toEqual({ mode: "full", required: true, redact: [], maxBytes: 16_384 });
});

test("a function's own word counts before that of its service's default, also when it is off", () => {
  const recordFor = createRecordSelector(
    servicesOf(`
          default: { rule: allow, record: result }
          charge: { rule: allow, record: { mode: full, required: false, maxBytes: 10 } }
          quote: { rule: allow, record: off }
          list: { rule: allow }`),
  );
  expect(recordFor?.("pay", "charge")).toMatchObject({ isRequired: false, payload: { maxBytes: 10 } });
  expect(recordFor?.("pay", "quote")).toBeUndefined();
  expect(recordFor?.("pay", "list")).toEqual({ isRequired: true, payload: undefined, response: undefined });
  expect(recordFor?.("pay", "anything")).toMatchObject({ payload: undefined });
  expect(recordFor?.("other", "list")).toBeUndefined();
  expect(recordFor?.("__proto__", "constructor")).toBeUndefined();
});

test("a project that records nothing has nothing to look up", () => {
  expect(createRecordSelector(servicesOf("          charge: { rule: allow, record: off }"))).toBeUndefined();
});

test.each([
  ["record: all", "record.mode", "must be one of off, result, full"],
  ["record: { mode: full, redact: [card.number] }", "record.redact[0]", 'must begin with "payload" or "response"'],
  ["record: { mode: full, redacted: [] }", "record.redacted", 'did you mean "redact"?'],
  ["record: { required: true }", "record.mode", "is missing; add it"],
  ["record: { mode: full, maxBytes: 1000000 }", "record.maxBytes", "must be a whole number from 1 to 262144"],
])("%s is refused", (record, path, message) => {
  try {
    parse(`          charge: { rule: allow, ${record} }`);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(path);
    expect(String(error)).toContain(message);
  }
});

test("the example of docs/recording.md is a good configuration without warnings", () => {
  const document = readFileSync(new URL("../../docs/recording.md", import.meta.url), "utf8");
  const [, text = ""] = /```yaml\n(.*?)```/s.exec(document) ?? [];
  const { projects, warnings } = parseConfig(text, {
    filename: "fmesh.yaml",
    env: { SHOP_SECRET: "a-secret-for-tests-of-at-least-32-bytes" },
  });
  expect(warnings).toEqual([]);
  expect(projects[0]?.services["pay"]?.functions["charge"]?.record?.redact).toHaveLength(2);
});
