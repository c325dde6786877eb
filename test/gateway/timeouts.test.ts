import { describe, expect, test } from "vitest";
import { bodyTimeoutMs } from "../../gateway/space-cloud/timeout.ts";
import { timeoutFromHeader } from "../../gateway/timeout.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";
import { type CallFacts, probe } from "./probe.ts";

const limits = { maxBodyBytes: 1, defaultTimeoutMs: 10_000, maxTimeoutMs: 120_000 };

describe("the header X-Request-Timeout", () => {
  test.each([
    [null, 10_000],
    ["1", 1_000],
    ["2.5", 2_500],
    ["0.001", 1],
    ["0.0015", 2],
    ["4.35", 4_350],
    ["120", 120_000],
    ["120.001", 120_000],
    ["999999999", 120_000],
  ])("%j is %d ms", (value, ms) => {
    expect(timeoutFromHeader(value, limits)).toBe(ms);
  });

  test.each([
    "",
    " ",
    "0",
    "0.0",
    "0.0004",
    "-1",
    "+1",
    "1s",
    "1e3",
    "Infinity",
    "NaN",
    "1,5",
    ".5",
    "5.",
    "0x10",
    "1 2",
  ])("%j is refused", (value) => {
    expect(() => timeoutFromHeader(value, limits)).toThrow(/^X-Request-Timeout is .*; give seconds, like "2.5"$/);
  });
});

describe("the timeout of a 2019 body", () => {
  test.each([
    ["nothing", undefined, 10_000],
    ["null", null, 10_000],
    ["zero", 0, 10_000],
    ["negative zero", -0, 10_000],
    ["a negative number", -5, 10_000],
    ["a text", "5", 10_000],
    ["a list", [5], 10_000],
    ["an object", {}, 10_000],
    ["true", true, 10_000],
    ["not a number", Number.NaN, 10_000],
    ["infinite", Number.POSITIVE_INFINITY, 10_000],
    ["seconds", 5, 5_000],
    ["a fraction of a second", 0.25, 250],
    ["less than a millisecond", 0.000_1, 1],
    ["the longest seconds", 299, 120_000],
    ["just below the border", 299.999, 120_000],
    ["the shortest milliseconds", 300, 300],
    ["just above the border", 300.4, 300],
    ["milliseconds", 5_000, 5_000],
    ["more milliseconds than allowed", 120_001, 120_000],
    ["far more than allowed", Number.MAX_VALUE, 120_000],
  ])("%s: %j is %d ms", (_what, timeout, ms) => {
    expect(bodyTimeoutMs(timeout, limits)).toBe(ms);
  });

  test("seconds are seconds where the maximum leaves room for them", () => {
    expect(bodyTimeoutMs(299, { ...limits, maxTimeoutMs: 600_000 })).toBe(299_000);
  });
});

describe.each(brokersUnderTest())("the deadline a worker sees, broker: %s", (kind) => {
  const config = shopConfig(
    { default: { default: "allow" } },
    { gateway: { limits: { defaultTimeoutMs: 20_000, maxTimeoutMs: 30_000 } } },
  );
  const mesh = meshForSuite({ kind, config, services: [probe] });

  /** Whether what was left at the worker is `ms`, but for the time it took to get there, and to the millisecond. */
  const budgetOf =
    (ms: number) =>
    ({ leftMs, deadlineMs }: CallFacts): boolean =>
      leftMs <= ms && leftMs > ms - 5_000 && Number.isInteger(deadlineMs);

  test.each([
    [undefined, 20_000],
    ["12.5", 12_500],
    ["12.3456", 12_346],
    ["86400", 30_000],
  ])("with the header %s it is %d ms away", async (seconds, ms) => {
    const headers = seconds === undefined ? {} : { "X-Request-Timeout": seconds };
    const response = await callNative(mesh(), "probe/about", { headers });
    expect(await response.json()).toSatisfy(budgetOf(ms));
  });

  test.each([
    ["{}", 20_000],
    ['{"timeout":15}', 15_000],
    ['{"timeout":15000}', 15_000],
    ['{"timeout":12.3456}', 12_346],
    ['{"timeout":5000000}', 30_000],
  ])("with the 2019 body %s it is %d ms away", async (body, ms) => {
    const { result } = (await (await call2019(mesh(), "probe/about", { body })).json()) as { result: CallFacts };
    expect(result).toSatisfy(budgetOf(ms));
  });

  test("a header that says no time is a bad request", async () => {
    const response = await callNative(mesh(), "probe/about", { headers: { "X-Request-Timeout": "soon" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: "invalid_request",
      detail: 'X-Request-Timeout is "soon"; give seconds, like "2.5"',
    });
  });
});
