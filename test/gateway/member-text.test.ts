import fc from "fast-check";
import { expect, test } from "vitest";
import { memberText } from "../../gateway/space-cloud/member-text.ts";

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);
const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);

/** Names that share letters with the syntax around them. */
const names = fc.oneof(fc.string(), fc.constantFrom("params", "", '"', "\\", "{", "}:", ",", "__proto__"));
const members = fc.uniqueArray(fc.tuple(names, fc.jsonValue()), { selector: ([name]) => name });

test("every member's text is found, whatever stands around it", () => {
  fc.assert(
    fc.property(members, fc.constantFrom(undefined, 2, "\t"), (entries, indent) => {
      // Own keys only: a literal `__proto__` must stay a key.
      const json = JSON.stringify(Object.fromEntries(entries), undefined, indent);
      for (const [name, value] of entries) {
        expect(JSON.parse(text(memberText(bytes(json), name)) ?? "missing")).toEqual(JSON.parse(JSON.stringify(value)));
      }
    }),
  );
});

test("a name that is not there is not found, however deep it stands", () => {
  fc.assert(
    fc.property(members, (entries) => {
      const json = JSON.stringify({ outer: { params: Object.fromEntries(entries) }, list: [{ params: 1 }] });
      expect(memberText(bytes(json), "params")).toBeUndefined();
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', "2"],
  [String.raw`{"\u0061":3}`, "3"],
  ['{ "a" :\n[ 1 , {"a":2} ]\t}', '[ 1 , {"a":2} ]'],
  [String.raw`{"b":"\\","a":"\"}"}`, String.raw`"\"}"`],
  ["{}", undefined],
  ['{"b":"a"}', undefined],
])("in %s the text of a is %s", (json, expected) => {
  expect(text(memberText(bytes(json), "a"))).toBe(expected);
});
