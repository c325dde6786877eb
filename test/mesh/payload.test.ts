import { describe, expect, test } from "vitest";
import { decodePayload, encodePayload } from "../../mesh/payload.ts";

const invalid = expect.objectContaining({ code: "invalid_request" }) as Error;

describe("what a function gets from a body", () => {
  test.each([
    ["application/json", '{"a":[1,null,"ö"]}', { a: [1, null, "ö"] }],
    ["", "42", 42],
    ["application/json; charset=utf-8", '"x"', "x"],
    ["Application/JSON", "true", true],
    ["application/problem+json", "{}", {}],
    ["application/vnd.api+json;version=1", "null", null],
    ["text/plain", "plain ö", "plain ö"],
    ["text/csv; header=present", "a,b\n1,2", "a,b\n1,2"],
    ["application/x-www-form-urlencoded", "a=1&b=%C3%B6+x&a=2", { a: "2", b: "ö x" }],
    ["application/x-www-form-urlencoded; charset=utf-8", "__proto__=1", JSON.parse('{"__proto__":"1"}')],
  ])("of type %j and text %j", (contentType, text, value) => {
    expect(decodePayload({ contentType, payload: utf8(text) })).toEqual(value);
  });

  test.each(["application/octet-stream", "image/png", "application/jsonx", "nonsense"])(
    "of type %s is its bytes, in a plain Uint8Array",
    (contentType) => {
      const value = decodePayload({ contentType, payload: Buffer.from([0, 255, 128]) });
      expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
      expect(value).toEqual(Uint8Array.of(0, 255, 128));
    },
  );

  test.each(["application/json", "text/plain", "application/octet-stream", ""])(
    "of type %j without bytes is undefined",
    (contentType) => {
      expect(decodePayload({ contentType, payload: new Uint8Array(0) })).toBeUndefined();
    },
  );
});

describe("a body that is not what its type says is invalid_request", () => {
  test.each([
    ["application/json", "{"],
    ["application/json", "undefined"],
    ["application/ld+json", "{'a':1}"],
    ["", "hello"],
  ])("%s %j", (contentType, text) => {
    expect(() => decodePayload({ contentType, payload: utf8(text) })).toThrow(invalid);
    expect(() => decodePayload({ contentType, payload: utf8(text) })).toThrow(/^the body is not JSON: /);
  });

  test.each(["application/json", "text/plain", "application/x-www-form-urlencoded"])("%s, not UTF-8", (contentType) => {
    const payload = Uint8Array.of(0x22, 0xc3, 0x28, 0x22);
    expect(() => decodePayload({ contentType, payload })).toThrow(invalid);
    expect(() => decodePayload({ contentType, payload })).toThrow("the body is not UTF-8 text");
  });
});

describe("what a function returns", () => {
  test.each([
    [{ a: 1 }, '{"a":1}'],
    ["text", '"text"'],
    [null, "null"],
    [0, "0"],
    [false, "false"],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [undefined, ""],
    [() => 1, ""],
    [Symbol("s"), ""],
  ])("%o is the JSON %j", (value, json) => {
    expect(encodePayload(value)).toEqual({ contentType: "application/json", payload: utf8(json) });
  });

  test.each([
    ["a Uint8Array", Uint8Array.of(1, 2)],
    ["a Buffer", Buffer.from([1, 2])],
    ["an ArrayBuffer", Uint8Array.of(1, 2).buffer],
    ["a view into a larger buffer", Uint8Array.of(0, 1, 2, 3).subarray(1, 3)],
  ])("as %s goes out as its bytes", (_what, value) => {
    const { contentType, payload } = encodePayload(value);
    expect(contentType).toBe("application/octet-stream");
    expect([...payload]).toEqual([1, 2]);
  });
});

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
