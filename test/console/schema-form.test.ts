import { describe, expect, test } from "vitest";
import { findingsAt, ownFindings } from "../../console/playground/findings.ts";
import { initialValue } from "../../console/playground/initial-value.ts";
import { fittingOption, shapeOf } from "../../console/playground/shape.ts";
import { constraintsOf, resolveSchema } from "../../console/service/json-schema.ts";
import { shortTypeText, typeText } from "../../console/service/type-text.ts";

const CARD = {
  type: "object",
  properties: { kind: { const: "card" }, number: { type: "string" } },
  required: ["kind"],
};
const INVOICE = { type: "object", properties: { kind: { const: "invoice" } }, required: ["kind"] };
const ORDER = {
  type: "object",
  properties: {
    customer: { type: "string", format: "email", description: "Who pays" },
    items: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        properties: { quantity: { type: "integer", minimum: 1 } },
        required: ["quantity"],
      },
    },
    "sent-by": { enum: ["post", "bike"] },
    note: { type: "string" },
    payment: { oneOf: [CARD, INVOICE] },
  },
  required: ["customer", "items", "sent-by", "payment"],
};

describe("a schema as a type", () => {
  test("is written as one would in TypeScript, with what it cannot say in comments", () => {
    expect(typeText(ORDER)).toBe(`{
  customer: string; // Who pays, email
  items: {
    quantity: number; // whole number, at least 1
  }[]; // at least 1 item
  "sent-by": "post" | "bike";
  note?: string;
  payment: {
    kind: "card";
    number?: string;
  } | {
    kind: "invoice";
  };
}`);
  });

  test("fits on one line without what is deeper", () => {
    expect(shortTypeText(ORDER)).toBe(
      '{ customer: string; items: { … }[]; "sent-by": "post" | "bike"; note?: string; payment: { … } }',
    );
  });

  test.each([
    [null, "unknown"],
    [true, "unknown"],
    ["words of a foreign worker", "unknown"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ type: "array", items: { type: ["string", "number"] } }, "(string | number)[]"],
    [{ type: "array", prefixItems: [{ type: "string" }, { type: "number" }] }, "[string, number]"],
    [{ type: "object", additionalProperties: { type: "boolean" } }, "Record<string, boolean>"],
    [{ $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "boolean" } } }, "boolean"],
    [{ $ref: "https://elsewhere.example/schema" }, "unknown"],
  ])("%j is %s", (schema, type) => {
    expect(typeText(schema)).toBe(type);
  });

  test("that goes round in circles ends", () => {
    const list = { type: "object", properties: { next: { $ref: "#" } } };
    expect(typeText(list)).toContain("unknown");
    const circle = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } };
    expect(resolveSchema(circle, circle)).toBeUndefined();
    expect(initialValue({ ...list, required: ["next"] })).toBeDefined();
  });

  test("says what a value has to be besides its type", () => {
    expect(constraintsOf({ type: "integer", exclusiveMinimum: 0, maximum: 9 })).toEqual([
      "whole number",
      "more than 0",
      "at most 9",
    ]);
  });
});

describe("a form", () => {
  test.each([
    [{ type: "string" }, "text"],
    [{ type: "integer" }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ const: 1 }, "constant"],
    [{ type: "null" }, "constant"],
    [{ enum: [1, 2] }, "constants"],
    [ORDER, "object"],
    [{ type: "array", items: { type: "string" } }, "list"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "alternatives"],
    [{ type: ["string", "null"] }, "alternatives"],
    [{ allOf: [ORDER] }, "json"],
    [{ type: "object", additionalProperties: { type: "string" } }, "json"],
    [{ type: "array", prefixItems: [{ type: "string" }] }, "json"],
    [{}, "json"],
    [null, "json"],
  ])("for %j is a %s", (schema, kind) => {
    expect(shapeOf(schema, schema).kind).toBe(kind);
  });

  test("begins with as little as the schema wants", () => {
    expect(initialValue(ORDER)).toEqual({
      customer: "",
      items: [{ quantity: 1 }],
      "sent-by": "post",
      payment: { kind: "card" },
    });
  });

  test("begins with defaults and examples where there are some", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "number", default: 7 }, b: { type: "string", examples: ["x"] } },
      required: ["a", "b"],
    };
    expect(initialValue(schema)).toEqual({ a: 7, b: "x" });
  });

  test("knows which alternative a value is of", () => {
    expect(fittingOption({ kind: "invoice" }, [CARD, INVOICE], ORDER)).toBe(1);
    expect(fittingOption({ kind: "card", number: "1" }, [INVOICE, CARD], ORDER)).toBe(1);
    expect(fittingOption(null, [{ type: "string" }, { type: "null" }], {})).toBe(1);
    expect(fittingOption(undefined, [CARD, INVOICE], ORDER)).toBe(0);
  });

  test("puts findings to the fields that they are about", () => {
    const findings = [
      { path: ["items", 0, "quantity"], message: "too few" },
      { path: ["items"], message: "too many" },
      { path: [], message: "odd" },
    ];
    expect(ownFindings(findings)).toBe("odd");
    const items = findingsAt(findings, "items");
    expect(ownFindings(items)).toBe("too many");
    expect(ownFindings(findingsAt(findingsAt(items, 0), "quantity"))).toBe("too few");
    expect(ownFindings(findingsAt(items, 1))).toBeUndefined();
  });
});
