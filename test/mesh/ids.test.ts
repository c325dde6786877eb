import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newCallId, newTraceId, newUuid, randomHex } from "../../mesh/ids.ts";

const CALL_ID = /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;
/** The example of RFC 9562, A.6. */
const EXAMPLE = { ms: 1_645_557_742_000, hex: "017f22e279b0" };

test.each([
  ["random digits", () => randomHex(16), TRACE_ID],
  ["call ids", newCallId, CALL_ID],
  ["UUIDs", newUuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ["trace ids", newTraceId, TRACE_ID],
])("%s do not repeat, also beyond one pool of random bytes", (_what, make, shape) => {
  const ids = Array.from({ length: 5_000 }, make);
  expect(new Set(ids).size).toBe(5_000);
  expect(ids.filter((id) => !shape.test(id))).toEqual([]);
});

test("all of a call id is random that is not its time, its version and its variant", () => {
  const seen = Array.from({ length: 32 }, () => new Set<string>());
  for (let n = 0; n < 2_000; n++) for (const [place, digit] of newCallId().split("").entries()) seen[place]?.add(digit);
  expect(seen[12]).toEqual(new Set("7"));
  expect(seen[16]).toEqual(new Set("89ab"));
  const random = seen.filter((_digits, place) => place > 12 && place !== 16);
  expect(random.map(({ size }) => size)).toEqual(random.map(() => 16));
});

describe("at a known time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    ["call ids", newCallId],
    ["trace ids", newTraceId],
    ["UUIDs", () => newUuid().replaceAll("-", "")],
  ])("%s begin with it, so that they are in its order", (_what, make) => {
    vi.setSystemTime(EXAMPLE.ms);
    expect(make().slice(0, 12)).toBe(EXAMPLE.hex);
    const ids = [0, 1, 255, 65_536, 1e9].map((laterMs) => {
      vi.setSystemTime(EXAMPLE.ms + laterMs);
      return make();
    });
    expect(ids.toSorted()).toEqual(ids);
  });
});
