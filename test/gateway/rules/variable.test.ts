import { expect, test } from "vitest";
import { parseVariable } from "../../../gateway/rules/variable.ts";
import { NOW } from "./rule-deps.ts";

const args = {
  auth: { role: "admin", "https://example.com/roles": ["editor", "author"], org: { id: "o1" } },
  params: {
    list: ["a", { b: "c" }],
    key: "role",
    index: 1,
    o: { role: "x", user: "y" },
    keys: { first: "user" },
    none: null,
    text: "four",
  },
};

function readsParams(text: string): boolean | undefined {
  return parseVariable(text, () => NOW)?.readsParams;
}

function read(text: string, from: { auth: Record<string, unknown>; params: unknown } = args): unknown {
  return parseVariable(text, () => NOW)?.read(from);
}

test.each([
  ["args.auth.role", "admin"],
  ["args.auth.org.id", "o1"],
  ["args.auth", args.auth],
  ["args.params.list.0", "a"],
  ["args.params.list[1].b", "c"],
  ["args.params.list[args.params.index].b", "c"],
  ["args.params.o[args.params.key]", "x"],
  ["args.params.o[args.params.keys.first]", "y"],
  ["args.params.o[args.params.keys['first']]", "y"],
  ['args.auth["https://example.com/roles"][0]', "editor"],
  ["args.params.none", null],
  ["utils.exists(args.params.none)", true],
  ["utils.exists(args.params.nothing)", false],
  ["utils.exists(args.params.o[args.params.key])", true],
  ["utils.length(args.params.list)", 2],
  ["utils.length(args.params.text)", 4],
  ["utils.length(args.params.o)", 2],
  ["utils.length(args.params.nothing)", undefined],
  ["utils.length(args.params.index)", undefined],
  ["utils.now()", NOW],
])("%s is %j", (text, value) => {
  expect(read(text)).toEqual(value);
});

test.each([
  "args.auth.constructor",
  "args.auth.__proto__",
  "args.auth.__proto__.role",
  "args.auth.toString",
  "args.auth['__proto__']",
  "args.params.list.length",
  "args.params.list.-1",
  "args.params.list.00",
  "args.params.list.2",
  "args.params.list.map",
  "args.params.text.0",
  "args.params.text.length",
  "args.params.none.a",
  "args.params.o[args.params.list]",
  "args.params.o[args.params.nothing]",
])("%s does not resolve", (text) => {
  expect(read(text)).toBeUndefined();
  expect(read(`utils.exists(${text})`)).toBe(false);
});

test("a key called __proto__ that a caller sent does not resolve, nor does it change what others see", () => {
  const params: unknown = JSON.parse('{"__proto__": {"role": "admin"}, "key": "__proto__"}');
  expect(read("args.params.__proto__.role", { auth: {}, params })).toBeUndefined();
  expect(read("args.params[args.params.key].role", { auth: {}, params })).toBeUndefined();
  expect(read("args.params.role", { auth: {}, params })).toBeUndefined();
});

test.each([
  "args.",
  "args.other.x",
  "args.auth.",
  "args.auth..role",
  "args.auth.role.",
  "args.auth.role]",
  "args.auth[role]",
  "args.auth[",
  "args.auth[]",
  "args.auth['role]",
  "args.auth.role ()",
  "utils.",
  "utils.now",
  "utils.now(1)",
  "utils.exists()",
  "utils.exists(role)",
  "utils.exists(utils.now())",
  "utils.exists(args.auth.role",
  "utils.addDuration(args.auth.x)",
  `args.params${"[args.params".repeat(50)}${"]".repeat(50)}`,
])("%s is no variable", (text) => {
  expect(parseVariable(text, () => NOW)).toBeUndefined();
});

test("a variable knows whether it needs the request's body", () => {
  expect(readsParams("args.auth.role")).toBe(false);
  expect(readsParams("utils.now()")).toBe(false);
  expect(readsParams("args.params.id")).toBe(true);
  expect(readsParams("args.auth[args.params.key]")).toBe(true);
  expect(readsParams("utils.length(args.params.list)")).toBe(true);
});
