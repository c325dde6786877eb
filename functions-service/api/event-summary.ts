import * as v from "valibot";
import { eventInputSchema, eventStatusSchema } from "../../mesh/event.ts";
import { eventSummarySchema } from "./event-summary-schema.ts";
import { type Operation, operation } from "./operation.ts";
import { timeQuery } from "./time-query.ts";

const HOUR_MS = 3_600_000;
const BUCKETS = 60;

const summaryQuery = v.strictObject({
  source: v.optional(v.string()),
  type: v.optional(eventInputSchema.entries.type),
  status: v.optional(eventStatusSchema),
  traceId: v.optional(v.string()),
  since: v.optional(v.pipe(timeQuery, v.description("Not before this. An hour before `until` when it is left out."))),
  until: v.optional(v.pipe(timeQuery, v.description("Before this. Now when it is left out."))),
  buckets: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, "use a whole number from 1 to 500"),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(500),
      v.description("Into how many parts the time is divided, at most. 60 when it is left out."),
    ),
  ),
});

/** How events went over a time. */
export const SUMMARY_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "summarizeEvents",
      tag: "events",
      method: "get",
      path: "/api/v3/events/summary",
      summary: "Counts events over time",
      description:
        "How many began in each part of the time, how many of them failed, and how long they took; then the same of all together, " +
        "and of each of up to 50 sources: those with the most failures, then those with the most events. Percentiles are counted in " +
        "bands of durations and within 5 percent of the truth; `maxMs` is exact. They are `null` where nothing has a duration.",
      query: summaryQuery,
      success: { status: 200, description: "What they come to", body: eventSummarySchema },
      refusals: [503],
    },
    async ({ query: { buckets = BUCKETS, ...filter } }, { store, project, now }) => {
      const until = filter.until ?? now().toISOString();
      const since = filter.since ?? new Date(Date.parse(until) - HOUR_MS).toISOString();
      return Response.json(await store.events.summarize(project, { ...filter, since, until, buckets }));
    },
  ),
];
