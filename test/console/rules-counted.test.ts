import { expect, test } from "vitest";
import { changedEntries, countChanges } from "../../console/rules/services.ts";

const ANYBODY = { rule: { rule: "allow" } } as const;
const NOBODY = { rule: { rule: "deny" } } as const;

test("the first rule of a service is one change", () => {
  const changed = changedEntries({}, { greet: { functions: { handler: ANYBODY } } });
  expect(countChanges(changed)).toBe(1);
});

test("every entry counts, and a service that goes without any", () => {
  const before = { greet: { functions: { handler: ANYBODY, other: ANYBODY } }, bare: { functions: {} } };
  const changed = changedEntries(before, { greet: { functions: { handler: NOBODY, other: NOBODY } } });
  expect(countChanges(changed)).toBe(3);
});

test("a text that is no rule yet is a change, and none more where its rule was changed before", () => {
  expect(countChanges([], ["greet.handler"])).toBe(1);
  expect(countChanges(["greet.handler"], ["greet.handler"])).toBe(1);
});
