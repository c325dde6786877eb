import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const duration = v.nullable(v.number());
const timestamp = v.pipe(v.string(), v.isoTimestamp());

const figures = v.object({
  ...{ total: count, pending: count, failed: count },
  ...{ p50Ms: duration, p90Ms: duration, p99Ms: duration, maxMs: duration },
});

/** What a summary of events is answered as. */
export const eventSummarySchema = v.object({
  since: timestamp,
  until: timestamp,
  bucketMs: count,
  buckets: v.array(v.object({ at: timestamp, ...figures.entries })),
  totals: figures,
  sources: v.array(v.object({ source: v.string(), ...figures.entries })),
});
