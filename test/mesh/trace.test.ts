import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { continueTrace } from "../../mesh/trace.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("a valid traceparent is continued", () => {
  test.each([
    [`00-${TRACE}-${SPAN}-01`, "01"],
    [`00-${TRACE}-${SPAN}-00`, "00"],
    [`00-${TRACE}-${SPAN}-03`, "03"],
    // Later versions may go on after the flags (W3C Trace Context, 4.3).
    [`cc-${TRACE}-${SPAN}-01`, "01"],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-holds`, "01"],
  ])("%s", (header, flags) => {
    const trace = continueTrace(header, "vendor=1", "user=ann");
    expect(trace).toMatchObject({ traceId: TRACE, flags, state: "vendor=1", baggage: "user=ann" });
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.spanId).not.toBe(SPAN);
    expect(trace.header).toBe(`00-${TRACE}-${trace.spanId}-${flags}`);
  });
});

describe("a traceparent that is not valid starts a new trace and drops the old one's state", () => {
  test.each([
    undefined,
    "",
    "00",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01-`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}x-01`,
    `00-${TRACE}-${SPAN}-1`,
    `0g-${TRACE}-${SPAN}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])("%j", (header) => {
    const trace = continueTrace(header, "vendor=1", "user=ann");
    expect(trace.traceId).not.toBe(TRACE);
    expect(trace).toMatchObject({ flags: "01", state: undefined, baggage: "user=ann" });
  });
});

test("state and baggage beyond the specifications' limits are dropped", () => {
  const header = `00-${TRACE}-${SPAN}-01`;
  expect(continueTrace(header, "s".repeat(512), "b".repeat(8192))).toMatchObject({
    state: "s".repeat(512),
    baggage: "b".repeat(8192),
  });
  expect(continueTrace(header, "s".repeat(513), "b".repeat(8193))).toMatchObject({
    state: undefined,
    baggage: undefined,
  });
});

test("whatever the header, what is sent on is a valid traceparent", () => {
  fc.assert(
    fc.property(fc.option(fc.string(), { nil: undefined }), (header) => {
      const sent = continueTrace(header, undefined, undefined).header;
      expect(sent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);
    }),
  );
});
