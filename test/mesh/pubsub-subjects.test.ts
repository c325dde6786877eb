import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePubsubSubject, pubsubSubject } from "../../mesh/pubsub-subject.ts";
import { natsWorkerSubject } from "../../mesh/subjects.ts";

/** The longest line of the broker's protocol, with room for the rest of it. */
const MOST_BYTES = 4096 - 1000;

const segment = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const segments = fc.array(segment, { maxLength: 8 });

describe("the subject of what clients publish", () => {
  test("holds the project and the segments", () => {
    expect(pubsubSubject("shop", ["chat", "lobby-1"])).toBe("pubsub.shop.chat.lobby-1");
    expect(pubsubSubject("shop", [])).toBe("pubsub.shop");
  });

  test("makes one token of any segment, and has it back", () => {
    fc.assert(
      fc.property(segments, (given) => {
        const subject = pubsubSubject("shop", given);
        const [prefix, project, ...tokens] = subject.split(".");
        expect([prefix, project]).toEqual(["pubsub", "shop"]);
        expect(tokens).toHaveLength(given.length);
        expect(tokens.every((token) => /^[\w!'()~%-]+$/.test(token))).toBe(true);
        expect(parsePubsubSubject(subject)).toEqual(given);
      }),
    );
  });

  test("is another one for other segments", () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(pubsubSubject("shop", a) === pubsubSubject("shop", b)).toBe(same);
      }),
    );
  });

  test.each([
    "*",
    ">",
    ".",
    "..",
    "a.b",
    "fn.shop.x.y",
    "a b",
    "a\r\nPUB fn.a.b.c 0\r\n",
    "\0",
    "$SRV",
    "💬",
    "é",
    "%2E",
  ])("keeps %j to itself", (text) => {
    const subject = pubsubSubject("shop", ["chat", text]);
    expect(subject).toMatch(/^pubsub\.shop\.chat\.[\w%-]+$/);
    expect(parsePubsubSubject(subject)).toEqual(["chat", text]);
  });

  test.each(["", "\ud800"])("is none for the segment %j", (text) => {
    expect(() => pubsubSubject("shop", [text])).toThrow(/segment that is no text/);
  });

  test("is none for a project outside the grammar", () => {
    expect(() => pubsubSubject("a.b", ["chat"])).toThrow(/project name "a.b" is not valid/);
  });

  test("fits the broker's protocol, however long its segments are written out", () => {
    expect(pubsubSubject("p".repeat(64), ["語".repeat(254)]).length).toBeLessThan(MOST_BYTES);
    expect(() => pubsubSubject("shop", ["語".repeat(255)])).toThrow(/255 characters in 32 segments/);
    expect(() =>
      pubsubSubject(
        "shop",
        Array.from({ length: 33 }, () => "a"),
      ),
    ).toThrow(/too long/);
  });

  test.each(["pubsub", "fn.shop.x.y", "pubsub.a b.c", "pubsub.shop.%zz", "pubsub.shop.%ff"])("is not %j", (subject) => {
    expect(parsePubsubSubject(subject)).toBeUndefined();
  });
});

describe("the subject of workers on the broker", () => {
  test("is one token", () => {
    expect(natsWorkerSubject("arithmetic")).toBe("functions:arithmetic");
    expect(natsWorkerSubject("arithmetic", "sum")).toBe("functions:arithmetic:sum");
  });

  test.each(["a.b", "*", ">", "a:b", "a b", ""])("is none for %j", (name) => {
    expect(() => natsWorkerSubject(name)).toThrow(/service name .* is not valid/);
    expect(() => natsWorkerSubject("arithmetic", name)).toThrow(/function name .* is not valid/);
  });
});
