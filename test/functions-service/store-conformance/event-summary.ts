import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change, EventEnded, SummaryRequest } from "../../../functions-service/store.ts";
import { begun, ended } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const TEN = Date.UTC(2026, 4, 1, 10);
const MINUTE = 60_000;
const HOUR: SummaryRequest = { since: iso(TEN), until: iso(TEN + 60 * MINUTE), buckets: 60 };

/** What is asked of summaries of events. */
export function eventSummaryConformance(current: () => StoreUnderTest): void {
  const append = (...changes: readonly Change[]): Promise<void> => current().store.journal.append("shop", changes);
  const summary = (change: Partial<SummaryRequest> = {}) =>
    current().store.events.summarize("shop", { ...HOUR, ...change });

  test("events are counted where they began, with how many failed and how many are under way", async () => {
    await append(
      ...invocation("e1", { startedAt: TEN, durationMs: 4 }),
      ...invocation("e2", { startedAt: TEN + MINUTE - 1, durationMs: 8, status: "FAILURE" }),
      begun("e3", { startedAt: TEN + 59 * MINUTE }),
      begun("before", { startedAt: TEN - 1 }),
      begun("after", { startedAt: TEN + 60 * MINUTE }),
    );
    await current().store.journal.append("other", invocation("e4", { startedAt: TEN, durationMs: 9 }));
    const { buckets, totals, ...rest } = await summary();
    expect(rest).toMatchObject({ since: HOUR.since, until: HOUR.until, bucketMs: MINUTE });
    expect(buckets.map(({ at }) => at)).toEqual(Array.from({ length: 60 }, (_, place) => iso(TEN + place * MINUTE)));
    expect(buckets[0]).toMatchObject({ total: 2, pending: 0, failed: 1, maxMs: 8 });
    const none = { p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null };
    expect(buckets[1]).toMatchObject({ total: 0, pending: 0, failed: 0, ...none });
    expect(buckets[59]).toMatchObject({ total: 1, pending: 1, failed: 0, ...none });
    expect(totals).toMatchObject({ total: 3, pending: 1, failed: 1, maxMs: 8 });
  });

  test("percentiles are within five percent, and the longest is exact", async () => {
    let count = 0;
    const duration = fc.double({ min: 0.01, max: 3_600_000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(duration, { minLength: 1, maxLength: 200 }), async (durations) => {
        const source = `s${count++}`;
        const changes = durations.flatMap((durationMs, place) =>
          invocation(`${source}-${place}`, { source, startedAt: TEN + place, durationMs }),
        );
        await append(...changes);
        const { totals, buckets, sources } = await summary({ source, buckets: 1 });
        const sorted = durations.toSorted((one, other) => one - other);
        const truth = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
        expect(totals.maxMs).toBe(sorted.at(-1));
        for (const [shown, true_] of [
          [totals.p50Ms, truth(0.5)],
          [totals.p90Ms, truth(0.9)],
          [totals.p99Ms, truth(0.99)],
        ]) {
          expect(Math.abs((shown ?? 0) / (true_ ?? 0) - 1)).toBeLessThanOrEqual(0.05);
        }
        expect(buckets).toEqual([{ at: HOUR.since, ...totals }]);
        expect(sources).toEqual([{ source, ...totals }]);
      }),
      { numRuns: 30 },
    );
  });

  test("sources with most failures come first, then those with most events; fifty at most", async () => {
    const of = (source: string, count: number, status: EventEnded["status"]): Change[] =>
      Array.from({ length: count }, (_, place) =>
        invocation(`${source}-${status}-${place}`, { source, startedAt: TEN, durationMs: 1, status }),
      ).flat();
    await append(...of("busy", 9, "SUCCESS"), ...of("bad", 2, "FAILURE"), ...of("worse", 3, "FAILURE"));
    for (let count = 0; count < 50; count++) await append(...of(`quiet${count}`, 1, "SUCCESS"));
    const { sources, totals } = await summary();
    expect(sources.slice(0, 3)).toMatchObject([
      { source: "worse", total: 3, failed: 3, maxMs: 1 },
      { source: "bad", total: 2, failed: 2 },
      { source: "busy", total: 9, failed: 0 },
    ]);
    expect([sources.length, totals.total]).toEqual([50, 64]);
  });

  test("a summary can be narrowed as lists can", async () => {
    await append(
      ...invocation("e1", { startedAt: TEN, durationMs: 1, source: "a.b" }),
      ...invocation("e2", { startedAt: TEN, durationMs: 1, status: "FAILURE", traceId: "t2" }),
      begun("e3", { startedAt: TEN, type: "ORDER_PLACED", status: "SUCCESS", isInvocation: false }),
      begun("e4", { startedAt: TEN + MINUTE }),
    );
    const total = async (change: Partial<SummaryRequest>): Promise<number> => (await summary(change)).totals.total;
    expect(await total({})).toBe(4);
    expect(await total({ source: "a.b" })).toBe(1);
    expect(await total({ type: "ORDER_PLACED" })).toBe(1);
    expect(await total({ status: "SUCCESS" })).toBe(2);
    expect(await total({ status: "FAILURE" })).toBe(1);
    expect(await total({ status: "PENDING" })).toBe(1);
    expect(await total({ traceId: "t2" })).toBe(1);
    expect(await total({ since: iso(TEN + 1) })).toBe(1);
    expect(await total({ until: "2026-05-01T12:01:00+02:00" })).toBe(3);
  });

  test("more events than are counted at a time are all counted, also when they began at once", async () => {
    for (let batch = 0; batch < 6; batch++) {
      const startedAt = TEN + (batch < 3 ? 0 : batch * MINUTE);
      const ids = Array.from({ length: 8000 }, (_, place) => `e${batch}-${place}`);
      await append(...ids.map((id) => begun(id, { startedAt, status: "SUCCESS", payload: undefined })));
    }
    const { totals, buckets } = await summary();
    expect(totals.total).toBe(48_000);
    expect(buckets.map(({ total }) => total).filter((total) => total > 0)).toEqual([24_000, 8000, 8000, 8000]);
  });

  test("a time that cannot be divided evenly ends with a shorter bucket, and no bucket is empty of time", async () => {
    await append(begun("e1", { startedAt: TEN + 9 }));
    const { bucketMs, buckets } = await summary({ until: iso(TEN + 10), buckets: 4 });
    expect([bucketMs, buckets.map(({ total }) => total)]).toEqual([3, [0, 0, 0, 1]]);
    expect((await summary({ until: iso(TEN + 2), buckets: 500 })).buckets).toHaveLength(2);
  });

  test.each([
    { since: HOUR.until },
    { since: "soon" },
    { until: "later" },
    { buckets: 0 },
    { buckets: 501 },
    { buckets: 1.5 },
  ])("a summary with %j is refused", async (change) => {
    await expect(summary(change)).rejects.toMatchObject({ code: "invalid_request" });
  });
}

/** One that began and ended. */
function invocation(
  id: string,
  {
    startedAt,
    ...end
  }: { startedAt: number } & Partial<Pick<EventEnded, "durationMs" | "status" | "source" | "traceId">>,
): Change[] {
  return [begun(id, { startedAt, ...facts(end) }), ended(id, { startedAt, ...end })];
}

function facts({ source, traceId }: Partial<EventEnded>): Partial<Pick<EventEnded, "source" | "traceId">> {
  return { ...(source !== undefined && { source }), ...(traceId !== undefined && { traceId }) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
