import { describe, expect, test } from "vitest";
import { match, passes } from "./rule-deps.ts";

const args = {
  auth: {
    role: "admin",
    level: 5,
    active: true,
    roles: ["editor", "author"],
    limits: [1, 2],
    signedIn: "2026-11-20T11:59:00Z",
  },
  params: { n: 6, text: "6", list: ["a", 1, null], half: 5.5, day: "2026-11-20", empty: [], path: "/staff/room" },
};

describe("match", () => {
  test.each([
    ["string", "args.auth.role", "==", "admin", true],
    ["string", "admin", "==", "args.auth.role", true],
    ["string", "args.auth.role", "!=", "user", true],
    ["string", "args.auth.role", "!=", "admin", false],
    ["string", "args.auth.role", "in", ["user", "admin"], true],
    ["string", "args.auth.role", "in", [], false],
    ["string", "args.auth.role", "notIn", ["user"], true],
    ["string", "args.auth.role", "notIn", ["admin"], false],
    ["string", "editor", "in", "args.auth.roles", true],
    ["string", "owner", "in", "args.auth.roles", false],
    ["string", "owner", "notIn", "args.auth.roles", true],
    ["string", "a", "in", "args.params.list", true],
    ["number", 1, "in", "args.params.list", true],
    ["number", "args.params.n", "==", 6, true],
    ["number", "args.params.n", "==", 6.0, true],
    ["number", "args.params.n", ">", "args.auth.level", true],
    ["number", "args.params.half", ">=", 5.5, true],
    ["number", "args.params.half", "<", 5.5, false],
    ["number", "args.params.half", "<=", 5.5, true],
    ["number", "args.params.n", "notIn", [5, 7], true],
    ["number", "utils.length(args.params.list)", "==", 3, true],
    ["number", "utils.length(args.params.empty)", "==", 0, true],
    ["bool", "args.auth.active", "==", true, true],
    ["bool", "args.auth.active", "!=", true, false],
    ["bool", "utils.exists(args.params.zz)", "==", false, true],
    ["date", "args.auth.signedIn", "<", "utils.now()", true],
    ["date", "args.params.day", "==", "2026-11-20T01:00:00+01:00", true],
    ["date", "utils.now()", ">=", "2027-01-01", false],
    ["path", "args.params.path", "in", ["/staff"], true],
    ["path", "args.params.path", "in", ["/staff/room"], true],
    ["path", "args.params.path", "in", ["/"], true],
    ["path", "args.params.path", "in", ["/public", "/staff/"], true],
    ["path", "args.params.path", "in", ["/staff/ro"], false],
    ["path", "args.params.path", "in", ["/staff/room/2"], false],
    ["path", "args.params.path", "in", ["/Staff"], false],
    ["path", "args.params.path", "notIn", ["/staff"], false],
    ["path", "args.params.path", "notIn", ["/sta"], true],
    ["path", "args.params.path", "==", "/staff/room/", true],
    ["path", "args.params.path", "!=", "/staff", true],
    ["path", "/", "==", "/", true],
    ["path", "/staff", "in", ["/"], true],
  ] as const)("%s: %j %s %j is %j", async (type, f1, operator, f2, expected) => {
    expect(await passes(match(type, f1, operator, f2), args)).toBe(expected);
  });

  test.each([
    ["string", "args.auth.nothing", "==", "admin"],
    ["string", "args.auth.nothing", "!=", "admin"],
    ["string", "args.auth.nothing", "notIn", ["admin"]],
    ["string", "admin", "notIn", "args.auth.nothing"],
    ["string", "args.auth.nothing", "==", "args.auth.nothing"],
    ["string", "args.auth.nothing", "==", "args.params.nothing"],
    ["string", "args.", "==", "args."],
    ["string", "args.auth.level", "==", "5"],
    ["string", "args.auth.level", "!=", "admin"],
    ["string", "a", "<", "b"],
    ["path", "args.params.path", ">", "/staff"],
    ["path", "args.params.path", "notIn", "/public"],
    ["path", "args.params.path", "notIn", ["public"]],
    ["path", "args.params.text", "notIn", ["/public"]],
    ["path", "args.params.nothing", "notIn", ["/public"]],
    ["path", "args.auth.level", "notIn", ["/public"]],
    ["path", "staff/room", "in", ["/"]],
    ["path", "", "in", ["/"]],
    ["path", "/public/../staff", "in", ["/public"]],
    ["path", "/staff/..", "notIn", ["/public"]],
    ["path", "/./staff", "notIn", ["/staff"]],
    ["path", "//staff", "notIn", ["/staff"]],
    ["path", "/public\\..\\staff", "in", ["/public"]],
    ["path", "/public/\u0000", "in", ["/public"]],
    ["path", "/public/\n", "in", ["/public"]],
    ["string", "args.auth.role", "==", ["admin"]],
    ["string", "args.auth.role", "in", "admin"],
    ["string", "args.auth.role", "in", ["args.auth.role"]],
    ["string", "args.auth.roles", "==", "editor"],
    ["number", "args.params.text", "==", 6],
    ["number", "args.params.text", "!=", 7],
    ["number", "args.params.n", "==", "6"],
    ["bool", "args.auth.active", ">", false],
    ["bool", "args.auth.role", "!=", true],
    ["date", "args.auth.role", "!=", "2026-01-01"],
    ["date", "20 November 2026", "<", "utils.now()"],
    ["date", "2026-11-20T11:00:00", "<", "utils.now()"],
  ] as const)("fails closed: %s: %j %s %j", async (type, f1, operator, f2) => {
    expect(await passes(match(type, f1, operator, f2), args)).toBe(false);
  });

  test("a list of a hundred thousand is no trouble", async () => {
    const list = Array.from({ length: 100_000 }, (_, index) => `user${index}`);
    const auth = { id: "user99999", friends: list };
    expect(await passes(match("string", "args.auth.id", "in", list), { auth })).toBe(true);
    expect(await passes(match("string", "args.auth.id", "notIn", "args.auth.friends"), { auth })).toBe(false);
  });

  test("what Object.prototype holds is nobody's claim", async () => {
    // Polluting it is what this test is about.
    // oxlint-disable-next-line no-extend-native
    Object.defineProperty(Object.prototype, "role", { value: "admin", configurable: true });
    try {
      expect(await passes(match("string", "args.auth.role", "==", "admin"), { auth: {} })).toBe(false);
    } finally {
      Reflect.deleteProperty(Object.prototype, "role");
    }
  });
});
