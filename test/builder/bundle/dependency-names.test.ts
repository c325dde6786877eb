import fc from "fast-check";
import { expect, it } from "vitest";
import { checkDependencies, isRange } from "../../../builder/bundle/dependencies.ts";

it("dependencies are packages by name, with versions or ranges, and nothing else", () => {
  for (const range of ["1.2.3", "^1.2.0", "~1", ">=1.0.0 <2.0.0", "1.x || 2.x", "1.0.0 - 2.0.0", "*", "1.0.0-beta.1"]) {
    expect(isRange(range)).toBe(true);
  }
  const no = [
    "latest",
    "",
    "file:/etc",
    "../x",
    "npm:tea@1",
    "git+ssh://h/x",
    "http://h/x.tgz",
    "workspace:*",
    "user/repo",
    "link:x",
    "1.2.3\n",
  ];
  for (const range of no) expect(isRange(range)).toBe(false);
  for (const name of [
    "../etc",
    "/etc",
    "a b",
    ".bin",
    "_x",
    "UP",
    "@a",
    "@a/b/c",
    "functions-mesh",
    "a".repeat(215),
    "",
  ]) {
    expect(() => checkDependencies({ [name]: "1.0.0" })).toThrow(/is no package name|every function has it/);
  }
  expect(() => checkDependencies({ "a b": "1", tea: "file:." })).toThrow(/"a b" is no package name; "tea": "file:\."/);
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (isRange(text)) expect(text).toMatch(/^[0-9A-Za-z.+\-*xX ^~<>=|]+$/);
    }),
  );
});
