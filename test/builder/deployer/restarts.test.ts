import { beforeEach, expect, test } from "vitest";
import { DeployError } from "../../../builder/deployer/deploy-error.ts";
import { Restarts } from "../../../builder/deployer/local/restarts.ts";

const ENDED = new DeployError("start_failed", "it ended");
const MINUTE_MS = 60_000;

let nowMs: number;
let restarts: Restarts;

beforeEach(() => {
  nowMs = 1_000;
  restarts = new Restarts(() => nowMs);
});

test("what never ended may be started at any time", () => {
  expect([restarts.waitMs, restarts.refusal, restarts.isLooping]).toEqual([0, undefined, false]);
});

test("each end in a row makes the next wait twice as long, up to half a minute", () => {
  const waits = Array.from({ length: 11 }, () => {
    restarts.ended(ENDED, undefined);
    const { waitMs } = restarts;
    nowMs += waitMs;
    return waitMs;
  });
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test("after five ends in a row it is said to loop", () => {
  for (let end = 1; end <= 4; end++) restarts.ended(ENDED, 10);
  expect(restarts.isLooping).toBe(false);
  restarts.ended(ENDED, 10);
  expect(restarts.isLooping).toBe(true);
  expect(restarts.refusal).toMatchObject({ code: "crash_loop", cause: ENDED });
});

test("who took calls for a minute has nothing to do with the ends before", () => {
  for (let end = 1; end <= 5; end++) restarts.ended(ENDED, 10);
  restarts.ended(ENDED, MINUTE_MS);
  expect([restarts.waitMs, restarts.isLooping]).toEqual([100, false]);
});

test("who worked for a while each time is never long until its next start", () => {
  for (let end = 1; end <= 20; end++) {
    restarts.ended(ENDED, 3_000);
    expect([restarts.waitMs <= 400, restarts.refusal, restarts.isLooping]).toEqual([true, undefined, false]);
  }
});

test("nobody waits for what never took calls, and everybody for a moment for what did", () => {
  restarts.ended(ENDED, undefined);
  expect(restarts.refusal).toMatchObject({ code: "start_failed" });
  nowMs += 100;
  expect(restarts.refusal).toBeUndefined();
  restarts.ended(ENDED, 10);
  expect([restarts.waitMs, restarts.refusal]).toEqual([200, undefined]);
  for (let end = 1; end <= 3; end++) restarts.ended(ENDED, 10);
  expect(restarts.refusal).toBeInstanceOf(DeployError);
});

test("who ended when it was asked to leaves no trace", () => {
  for (let end = 1; end <= 5; end++) restarts.ended(ENDED, 10);
  restarts.wentWell();
  expect([restarts.waitMs, restarts.refusal, restarts.last, restarts.isLooping]).toEqual([
    0,
    undefined,
    undefined,
    false,
  ]);
});

test.each(["out_of_memory", "secret_missing"] as const)("%s stays the reason, however often", (code) => {
  for (let end = 1; end <= 7; end++) restarts.ended(new DeployError(code, "that is why"), undefined);
  expect(restarts.refusal).toMatchObject({ code, message: expect.stringContaining("that is why") as string });
});
