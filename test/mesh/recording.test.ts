import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import { beginningJson, endingJson, factsJson } from "../../mesh/record-json.ts";
import { type Beginning, type Ending, batchSchema, decodeBatch, encodeBatch } from "../../mesh/recording.ts";

const FACTS = {
  id: "01a1fae8a3757ebf942d701d06b7b810",
  source: "pay.charge",
  startedAt: 1_795_000_000_000,
  traceId: "0af7",
};
const BEGINNING: Beginning = { ...FACTS, deadlineMs: 1_795_000_010_000, payload: { cents: 5 } };
const ENDING: Ending = { ...FACTS, status: "SUCCESS", endedAt: 1_795_000_000_010, durationMs: 9.5, response: null };
const FAILURE: Ending = { ...ENDING, status: "FAILURE", error: { code: "internal", message: 'a "word"\n' } };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test("a batch is read as it was written", () => {
  const { payload, ...begun } = BEGINNING;
  const { response, ...ended } = FAILURE;
  const facts = factsJson(FACTS);
  const batch = encodeBatch(
    [
      beginningJson(facts, begun.deadlineMs, JSON.stringify(payload)),
      beginningJson(facts, begun.deadlineMs, undefined),
    ],
    [endingJson(facts, ended, JSON.stringify(response)), endingJson(facts, ended, undefined)],
  );
  expect(decodeBatch(batch)).toEqual({ begun: [BEGINNING, begun], ended: [FAILURE, ended] });
});

test("what records say stays in its place, whatever it is", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1, maxLength: 200 }),
      fc.string(),
      fc.json(),
      (source, message, json) => {
        const facts = factsJson({ ...FACTS, source });
        const ending = { ...FAILURE, error: { code: "internal", message } };
        const { begun, ended } = decodeBatch(
          encodeBatch([beginningJson(facts, 1, json)], [endingJson(facts, ending, json)]),
        );
        const value: unknown = JSON.parse(json);
        expect(begun).toEqual([{ ...FACTS, source: source.toWellFormed(), deadlineMs: 1, payload: value }]);
        expect(ended).toEqual([
          { ...ending, source: source.toWellFormed(), response: value, error: { code: "internal", message } },
        ]);
      },
    ),
  );
});

describe("what is no batch is refused", () => {
  test.each([
    ["no JSON", bytes("{")],
    ["no UTF-8", new Uint8Array([0x7b, 0xff])],
    ["nothing", bytes("")],
    ["no lists", bytes('{"begun":{},"ended":{}}')],
    ["a record that is none", encodeBatch(["1"], [])],
    ["an infinite duration", encodeBatch([], [JSON.stringify(ENDING).replace("9.5", "1e999")])],
    ["a time that is no date", encodeBatch([JSON.stringify({ ...BEGINNING, startedAt: 8.64e15 + 1 })], [])],
    ["an id that is none", encodeBatch([JSON.stringify({ ...BEGINNING, id: "a.b" })], [])],
    ["an end that is pending", encodeBatch([], [JSON.stringify({ ...ENDING, status: "PENDING" })])],
  ])("%s", (_what, payload) => {
    expect(() => decodeBatch(payload)).toThrowError(expect.objectContaining({ code: "invalid_request" }) as MeshError);
  });
});

test("reading accepts and gives what the schema accepts and gives", () => {
  const mostly = (value: unknown): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 30, arbitrary: fc.constant(value) },
      { weight: 1, arbitrary: odd },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
  const odd = fc.constantFrom<unknown>(
    ...[
      undefined,
      null,
      "",
      "a b",
      "x".repeat(64),
      "x".repeat(65),
      "x".repeat(200),
      "x".repeat(201),
      "FAILURE",
      "PENDING",
    ],
    ...[0, -0, -1, 0.5, 8.64e15, 8.64e15 + 1, Infinity, [], {}, { code: "a" }, { code: "a", message: "b", more: 1 }],
  );
  const recordLike = (record: object): fc.Arbitrary<unknown> => {
    const members = Object.entries(record).map(([name, value]): [string, fc.Arbitrary<unknown>] => [
      name,
      mostly(value),
    ]);
    return fc.record(Object.fromEntries([...members, ["error", mostly(undefined)], ["more", mostly(undefined)]]));
  };
  const list = (record: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 30, arbitrary: fc.array(record, { maxLength: 3 }) }, { weight: 1, arbitrary: fc.jsonValue() });
  const batches = fc.record({
    begun: list(recordLike(BEGINNING)),
    ended: list(fc.oneof(recordLike(ENDING), recordLike(FAILURE))),
  });
  let accepted = 0;
  fc.assert(
    fc.property(batches, (batch) => {
      // As 1e999 does over the wire, Infinity becomes a number that is none of a date's.
      const text = JSON.stringify(batch, (_name, value: unknown) => (value === Infinity ? "∞" : value)).replaceAll(
        '"∞"',
        "1e999",
      );
      const wanted = v.safeParse(batchSchema, JSON.parse(text));
      if (wanted.success) {
        accepted += 1;
        expect(decodeBatch(bytes(text))).toEqual(wanted.output);
      } else {
        expect(() => decodeBatch(bytes(text))).toThrow(MeshError);
      }
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(200);
});
