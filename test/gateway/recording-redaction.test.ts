import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pathProblem, redaction } from "../../gateway/recording/redaction.ts";
import type { Keep } from "../../gateway/recording.ts";
import { payloadJson, responseJson } from "../../gateway/recording/recorded-value.ts";
import { encodeHead } from "../../mesh/http.ts";

const SECRET = "hunter2";
const NO_PARAMS = { params: () => undefined };

function keep(paths: readonly string[] = [], maxBytes = 1000): Keep {
  return { redact: redaction(paths, "payload"), maxBytes };
}

function json(value: unknown): { contentType: string; payload: Uint8Array } {
  return { contentType: "application/json", payload: new TextEncoder().encode(JSON.stringify(value)) };
}

function recorded(value: unknown, ...paths: string[]): unknown {
  const text = payloadJson({ ...json(value), ...NO_PARAMS }, keep(paths));
  return text === undefined ? undefined : JSON.parse(text);
}

test.each([
  ["a member", { card: { number: SECRET, name: "Ada" } }, "payload.card.number"],
  ["a whole payload", SECRET, "payload"],
  ["an item of a list", { cards: ["ok", SECRET] }, "payload.cards.1"],
  ["every item of a list", { cards: [SECRET, { a: SECRET }] }, "payload.cards.*"],
  ["a member of every item, though the path names no item", [{ pin: SECRET }, { pin: SECRET }], "payload.pin"],
  ["every member", { a: { pin: SECRET }, b: { pin: SECRET } }, "payload.*.pin"],
  ["a text in which a path cannot be followed", `{"pin":"${SECRET}"}`, "payload.pin"],
  ["an object in place of a text", { pin: { old: SECRET } }, "payload.pin"],
  ["a member named __proto__", JSON.parse(`{"__proto__":{"pin":"${SECRET}"}}`) as unknown, "payload.__proto__.pin"],
  ["what stands beside a mark of ours", { $omitted: "bytes", pin: SECRET }, "payload.pin"],
])("%s is removed", (_what, value, path) => {
  const left = JSON.stringify(recorded(value, path));
  expect(left).toContain("[redacted]");
  expect(left).not.toContain(SECRET);
});

test("what no path means stays", () => {
  const value = { card: { number: 1, name: "Ada" }, list: [1, null, "x"], none: null };
  expect(recorded(value, "payload.card.number", "payload.none.x", "response.card")).toEqual({
    ...value,
    card: { number: "[redacted]", name: "Ada" },
  });
});

test("wherever it is, a value that a path leads to is not recorded, and what is beside it is", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes(".") && text !== "beside");
  const step = fc.record({ name, isList: fc.boolean(), isEvery: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const wrap = (inner: unknown, { name: own, isList }: (typeof steps)[number]): unknown =>
        isList
          ? ["beside", inner]
          : Object.fromEntries([
              ["beside", "beside"],
              [own, inner],
            ]);
      const path = steps.map(({ name: own, isList, isEvery }) => (isEvery ? "*" : isList ? "1" : own));
      const redact = redaction([["payload", ...path].join(".")], "payload");
      const left = redact?.(steps.reduceRight<unknown>(wrap, SECRET));
      const everything = steps.some(({ isEvery }) => isEvery);
      if (everything) expect(JSON.stringify(left)).not.toContain(SECRET);
      else expect(left).toEqual(steps.reduceRight<unknown>(wrap, "[redacted]"));
    }),
  );
});

test.each([["card.number"], ["payload..x"], ["payload."], [""], ["params.x"], [`payload${".x".repeat(40)}`]])(
  "%j is no path",
  (path) => expect(pathProblem(path)).toBeTypeOf("string"),
);

test.each([
  ["a stream", { ...json(""), stream: { bytes: new ReadableStream<Uint8Array>(), lengthBytes: 7 } }, "stream", 7],
  ["bytes", { contentType: "image/png", payload: new Uint8Array(9) }, "bytes", 9],
  ["what is too large", json("x".repeat(2000)), "too large", 2002],
  ["what is no JSON", { contentType: "application/json", payload: new Uint8Array([123]) }, "unreadable", 1],
  ["what is nested deep", json(JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`)), "nested too deep", 400],
])("%s is left out, and the record says so", (_what, body, why, bytes) => {
  const left = payloadJson({ ...body, ...NO_PARAMS }, keep());
  expect(JSON.parse(left ?? "")).toEqual({ $omitted: why, contentType: body.contentType, bytes });
});

test.each(['{"a":1}},{"a":2}', '1],"ended":[2', '"a', "{,}", "\u0000"])(
  "what only ends like JSON is none: %j",
  (text) => {
    const sent = { contentType: "application/json", payload: new TextEncoder().encode(text) };
    expect(payloadJson({ ...sent, ...NO_PARAMS }, keep())).toContain('"$omitted":"unreadable"');
  },
);

test("whatever JSON is sent, the record holds its value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), fc.constantFrom("", " ", "\n\t"), (text, space) => {
      const payload = new TextEncoder().encode(space + text + space);
      const left = payloadJson({ contentType: "application/json", payload, ...NO_PARAMS }, keep([], 1_000_000));
      expect(JSON.parse(left ?? "")).toEqual(JSON.parse(text));
    }),
  );
});

test("a hundred levels are recorded, and no more", () => {
  const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  expect(recorded(nested(100))).toEqual(nested(100));
  expect(recorded(nested(101))).toMatchObject({ $omitted: "nested too deep" });
});

test("what grows too large as JSON is left out, too", () => {
  const text = { contentType: "text/plain", payload: new TextEncoder().encode("\u0001".repeat(300)) };
  expect(payloadJson({ ...text, ...NO_PARAMS }, keep([], 400))).toContain("too large");
});

test("nothing sent is nothing recorded", () => {
  expect(recorded(undefined)).toBeUndefined();
});

test("of HTTP the method, path, query, status and body are recorded, and no header", () => {
  const headers: [string, string][] = [["authorization", SECRET]];
  const request = {
    ...json({ pin: SECRET, id: 7 }),
    params: () => ({ method: "PUT", path: "/a", query: { q: "1" } }),
    httpHead: encodeHead({ method: "PUT", url: "http://x/a?q=1", headers }),
  };
  const sent: unknown = JSON.parse(payloadJson(request, keep(["payload.body.pin"])) ?? "");
  expect(sent).toEqual({ method: "PUT", path: "/a", query: { q: "1" }, body: { pin: "[redacted]", id: 7 } });
  const answer = { ...json({ ok: true }), httpHead: encodeHead({ status: 201, headers }) };
  expect(JSON.parse(responseJson(answer, keep()) ?? "")).toEqual({ status: 201, body: { ok: true } });
});

test("a request whose path cannot be read is recorded without it", () => {
  const params = (): never => {
    throw new Error("no such escape");
  };
  expect(payloadJson({ ...json(1), params, httpHead: "{}" }, keep())).toBe('{"$omitted":"unreadable"}');
});
