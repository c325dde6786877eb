import { describe, expect, test } from "vitest";
import { ERROR_CODES, type ErrorCode, MeshError, isErrorCode } from "../../mesh/errors.ts";
import { toProblem } from "../../mesh/problem.ts";

const codes = Object.keys(ERROR_CODES) as ErrorCode[];

test("only errors of calls that nobody took on are safe to retry", () => {
  expect(codes.filter((code) => ERROR_CODES[code].retrySafe).toSorted()).toEqual([
    "broker_unavailable",
    "overloaded",
    "rate_limited",
    "worker_unavailable",
  ]);
});

test.each(codes)("%s has an HTTP error status and a title", (code) => {
  const { status, title } = ERROR_CODES[code];
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(title.length).toBeGreaterThan(10);
  expect(isErrorCode(code)).toBe(true);
  expect(new MeshError(code, "text")).toMatchObject({ status, message: "text", name: "MeshError" });
});

test.each(["", "E_OOPS", "toString", "__proto__", "constructor"])("%j is no code", (text) => {
  expect(isErrorCode(text)).toBe(false);
});

describe("an error of ours", () => {
  test("stays itself", () => {
    const error = new MeshError("forbidden", "no");
    expect(MeshError.from(error)).toBe(error);
  });

  test.each([new Error("password is s3cret"), "s3cret", undefined, null, { s3cret: 1 }])(
    "made of %o hides it as the cause",
    (thrown) => {
      const error = MeshError.from(thrown);
      expect(error).toMatchObject({ code: "internal", status: 500 });
      expect(error.cause).toBe(thrown);
      expect(error.message).not.toContain("s3cret");
    },
  );
});

describe("a problem document", () => {
  test("has the members of RFC 9457 and ours", () => {
    const error = new MeshError("function_failed", "only 3 left", {
      status: 409,
      reason: "out_of_stock",
      data: { left: 3 },
      issues: [{ path: ["amount"], message: "too many" }],
    });
    expect(toProblem(error, { callId: "c1", traceId: "t1" })).toEqual({
      type: "https://functionsmesh.dev/problems/function_failed",
      title: "The function failed",
      status: 409,
      detail: "only 3 left",
      code: "function_failed",
      instance: "urn:fmesh:call:c1",
      traceId: "t1",
      reason: "out_of_stock",
      data: { left: 3 },
      errors: [{ path: ["amount"], message: "too many" }],
    });
  });

  test.each(codes)("of %s leaves out what is not there, and always the cause", (code) => {
    const error = new MeshError(code, "public", { cause: new Error("s3cret") });
    const problem = toProblem(error);
    expect(Object.keys(problem)).toEqual(["type", "title", "status", "detail", "code"]);
    expect(JSON.stringify(problem)).not.toContain("s3cret");
  });
});
