import { describe, expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { type Functions, type ServiceOptions, defineService } from "../../worker-service/service.ts";

const functions = { sum: () => 1 };

describe("a service definition", () => {
  test("has defaults, and does not change when what it was made of does", () => {
    const given: Record<string, () => number> = { sum: () => 1 };
    const definition = defineService("arithmetic", given);
    given["late"] = () => 2;
    expect(definition).toMatchObject({ name: "arithmetic", version: "0.0.0", description: "" });
    expect(Object.keys(definition.functions)).toEqual(["sum"]);
    expect(Object.isFrozen(definition)).toBe(true);
    expect(definition.bounds.concurrency).toBeGreaterThan(0);
  });

  test.each<[string, Functions, ServiceOptions, RegExp]>([
    ["a.b", functions, {}, /service name "a\.b" is not valid/],
    ["", functions, {}, /service name "" is not valid/],
    ["a", {}, {}, /service "a" has no functions/],
    ["a", { "b c": () => 1 }, {}, /function name "b c" is not valid/],
    ["a", { ">": () => 1 }, {}, /function name ">" is not valid/],
    ["a", { b: 1 as never }, {}, /"a\.b" is not a function/],
    ["a", functions, { version: "1.0" }, /version "1\.0" of service "a" is not like "1\.2\.3"/],
    ["a", functions, { version: "v1.0.0" }, /version "v1\.0\.0"/],
    ["a", functions, { version: "01.0.0" }, /version "01\.0\.0"/],
    ["a", functions, { version: "1.0.0-" }, /version "1\.0\.0-"/],
    ["a", functions, { concurrency: 0 }, /concurrency must be a whole number of at least 1, not 0/],
    ["a", functions, { concurrency: 1.5 }, /concurrency .* not 1\.5/],
    ["a", functions, { concurrency: Number.POSITIVE_INFINITY }, /concurrency .* not Infinity/],
    ["a", functions, { queue: -1 }, /queue must be a whole number of at least 0, not -1/],
  ])("named %j of %o with %o is a TypeError", (name, of, options, text) => {
    expect(() => defineService(name, of, options)).toThrow(TypeError);
    expect(() => defineService(name, of, options)).toThrow(text);
  });

  test.each(["0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3-0a+build.5", "10.20.30+sha-1"])(
    "may have version %s",
    (version) => {
      expect(defineService("a", functions, { version }).version).toBe(version);
    },
  );
});

describe("a public error", () => {
  test("is a function_failed with the status, reason and data of its author", () => {
    const error = new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } });
    expect(error).toBeInstanceOf(MeshError);
    expect(error).toMatchObject({
      code: "function_failed",
      message: "only 3 left",
      status: 409,
      reason: "out_of_stock",
      data: { left: 3 },
    });
    expect(new PublicError("oops").status).toBe(500);
  });

  test.each([200, 399, 600, 404.5, Number.NaN])("with status %s is a TypeError", (status) => {
    expect(() => new PublicError("oops", { status })).toThrow(TypeError);
  });
});
