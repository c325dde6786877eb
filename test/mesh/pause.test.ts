import { expect, test } from "vitest";
import { pause } from "../../mesh/pause.ts";

const HOURS_MS = 3 * 3_600_000;

test("a pause ends after its time", async () => {
  expect(await pause(1, new AbortController().signal)).toBeUndefined();
});

test("a pause ends as soon as its signal aborts", async () => {
  const controller = new AbortController();
  const pausing = pause(HOURS_MS, controller.signal);
  controller.abort();
  expect(await pausing).toBeUndefined();
});

test("a pause that begins after the abort is none", async () => {
  expect(await pause(HOURS_MS, AbortSignal.abort())).toBeUndefined();
});
