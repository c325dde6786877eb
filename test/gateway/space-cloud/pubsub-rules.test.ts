import { expect, test } from "vitest";
import { silentLog } from "../../../mesh/log.ts";
import type { PubsubRuleConfig } from "../../../gateway/config.ts";
import { compileRule } from "../../../gateway/rules/compile.ts";
import { givenDeps } from "../../../gateway/rules/given.ts";
import { compilePubsubRules } from "../../../gateway/space-cloud/pubsub/rules.ts";
import { segmentsOf, subjectText } from "../../../gateway/space-cloud/pubsub/subject.ts";

const deps = { ...givenDeps({}, { databases: [], allowHosts: [], now: () => 0 }), log: silentLog };

/** Which of the subjects decides, and what its names stand for. */
function decides(subjects: readonly string[], about: string): readonly [subject: string, params: unknown] | undefined {
  // The text of a rule tells it from the others.
  const rules = subjects.map((subject): PubsubRuleConfig => ({
    subject,
    publish: { rule: "deny", message: subject },
  }));
  const found = compilePubsubRules(rules, (rule) => compileRule(rule, deps))(segmentsOf(about));
  const source = found?.rule.publish?.source;
  return found && source?.rule === "deny" ? [source.message ?? "", found.params] : undefined;
}

test("a rule decides about its subject and all below it", () => {
  expect(decides(["/chat"], "/chat")).toEqual(["/chat", {}]);
  expect(decides(["/chat"], "/chat/lobby/1")).toEqual(["/chat", {}]);
  expect(decides(["/chat/lobby"], "/chat")).toBeUndefined();
  expect(decides(["/chat"], "/chats")).toBeUndefined();
  expect(decides(["/chat"], "/")).toBeUndefined();
});

test("the rule of / decides about all that no other does", () => {
  expect(decides(["/", "/chat"], "/")).toEqual(["/", {}]);
  expect(decides(["/", "/chat"], "/news/today")).toEqual(["/", {}]);
  expect(decides(["/", "/chat"], "/chat/lobby")).toEqual(["/chat", {}]);
});

test("a name stands for one segment, whatever is in it", () => {
  expect(decides(["/chat/:room"], "/chat/lobby/x")).toEqual(["/chat/:room", { room: "lobby" }]);
  expect(decides(["/:a/:b"], "/x y/*.>")).toEqual(["/:a/:b", { a: "x y", b: "*.>" }]);
  expect(decides(["/chat/:room"], "/chat")).toBeUndefined();
});

test.each([
  ["the longest", ["/chat", "/chat/lobby/vip", "/chat/lobby"], "/chat/lobby/1", "/chat/lobby"],
  ["a longer one with a name before a shorter one without", ["/chat", "/:any/:room"], "/chat/lobby", "/:any/:room"],
  ["one that names the segment", ["/chat/:room", "/chat/lobby"], "/chat/lobby", "/chat/lobby"],
  ["one that names the first segment", ["/:any/lobby", "/chat/:room"], "/chat/lobby", "/chat/:room"],
  ["the first of those that say the same", ["/:a", "/:b"], "/chat", "/:a"],
])("of several rules %s decides", (_which, subjects, about, expected) => {
  expect(decides(subjects, about)).toEqual([expected, expect.anything()]);
});

test("a name that means something to the language is only a name", () => {
  const params = decides(["/:__proto__/:constructor"], "/a/b")?.[1];
  expect(Object.entries(params ?? {})).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test.each(["/chat/lobby", "chat/lobby", "/chat/lobby/", "//chat///lobby//"])(
  "%s is the subject /chat/lobby/",
  (text) => {
    expect(subjectText(segmentsOf(text))).toBe("/chat/lobby/");
  },
);

test.each(["", "/", "//"])("%j is the subject /", (text) => {
  expect(subjectText(segmentsOf(text))).toBe("/");
});
