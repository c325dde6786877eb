import { expect, test } from "vitest";
import {
  announcementSubject,
  cancelSubject,
  functionSubject,
  logSubject,
  parseFunctionSubject,
  recentLogsSubject,
} from "../../mesh/subjects.ts";

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

test("a service's other subjects hold its name", () => {
  expect(cancelSubject(address)).toBe("cancel.my-adder.arithmetic");
  expect(logSubject("my-adder", "arithmetic")).toBe("log.my-adder.arithmetic");
  expect(recentLogsSubject("my-adder", "arithmetic")).toBe("log-recent.my-adder.arithmetic");
  expect(announcementSubject("INFO", "arithmetic", "AB12")).toBe("$SRV.INFO.arithmetic.AB12");
});

test("without a service they are those of all", () => {
  expect(logSubject("my-adder")).toBe("log.my-adder.*");
  expect(recentLogsSubject("my-adder")).toBe("log-recent.my-adder");
  expect(announcementSubject("PING")).toBe("$SRV.PING");
});

test.each([
  () => cancelSubject({ project: "my-adder", service: ">" }),
  () => logSubject("my-adder", ">"),
  () => recentLogsSubject("my-adder", ">"),
  () => announcementSubject("INFO", ">"),
])("none of them holds what is no name: %s", (build) => {
  expect(build).toThrow(/service name ">" is not valid/);
});
