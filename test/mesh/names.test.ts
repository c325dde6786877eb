import { expect, test } from "vitest";
import { functionSubject, parseFunctionSubject } from "../../mesh/names.ts";

const address = { project: "my-adder", service: "arithmetic", function: "sum" };

test("a function's subject holds project, service and function", () => {
  expect(functionSubject(address)).toBe("fn.my-adder.arithmetic.sum");
  expect(parseFunctionSubject("fn.my-adder.arithmetic.sum")).toEqual(address);
});

test.each(["a.b", "*", ">", "", "a b", "ä", "x".repeat(65), "a\r\nPUB b", "sum\0"])(
  "the name %j is refused",
  (name) => {
    expect(() => functionSubject({ ...address, function: name })).toThrow(/function name .* is not valid/);
  },
);

test.each(["fn.a.b", "fn.a.b.c.d", "gn.a.b.c", "fn.a.b.*", "$SRV.PING"])("%s is no function's subject", (subject) => {
  expect(parseFunctionSubject(subject)).toBeUndefined();
});
