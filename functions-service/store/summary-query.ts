import { type Kysely, type RawBuilder, sql } from "kysely";
import type { EventSummary } from "../../mesh/event-summary.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { SummaryRequest } from "../store.ts";
import { bandOfDuration } from "./duration-bands.ts";
import { matching, timeOf } from "./event-filter.ts";
import { toMs } from "./event-rows.ts";
import { type EventCount, EventTally } from "./event-tally.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { Tables } from "./tables.ts";

const MAX_BUCKETS = 500;

/** Events that are counted at a time: SQLite does nothing else for some 15 milliseconds then, and neither does the process. */
const TOGETHER = 20_000;

/** Sources that are told apart; of more than that, those met first. */
const MAX_SOURCES = 10_000;
const SHOWN_SOURCES = 50;

interface CountRow extends EventCount {
  readonly source: string;
  readonly bucket: number;
}

/** Counts a project's events by bucket and source. @throws MeshError `invalid_request` for times and numbers that make no sense. */
export async function summarize(
  runner: SqlRunner,
  project: string,
  { since, until, buckets: count, ...filter }: SummaryRequest,
): Promise<EventSummary> {
  const [sinceMs, untilMs] = [toMs(since, "since"), toMs(until, "until")];
  if (sinceMs >= untilMs) {
    throw new MeshError("invalid_request", `since ${since} is not before until ${until}; nothing can be between`);
  }
  if (!Number.isInteger(count) || count < 1 || count > MAX_BUCKETS) {
    throw new MeshError("invalid_request", `buckets is ${count}; use a whole number from 1 to ${MAX_BUCKETS}`);
  }
  const bucketMs = Math.ceil((untilMs - sinceMs) / count);
  const totals = new EventTally();
  const buckets = Array.from({ length: Math.ceil((untilMs - sinceMs) / bucketMs) }, () => new EventTally());
  const sources = new Map<string, EventTally>();

  for (let from = sinceMs; from < untilMs;) {
    const part = matching({ ...filter, since: iso(from), until });
    const to = (await runner.read((db) => endOfPart(db, project, { matches: part, time: timeOf(filter) }))) ?? untilMs;
    // So many in one millisecond are counted together nevertheless.
    const end = Math.max(to, from + 1);
    const counted = matching({ ...filter, since: iso(from), until: iso(end) });
    for (const row of await runner.read((db) => countedEvents(db, project, { counted, sinceMs, bucketMs }))) {
      totals.add(row);
      buckets[row.bucket]?.add(row);
      const isNew = !sources.has(row.source);
      if (isNew && sources.size < MAX_SOURCES) sources.set(row.source, new EventTally());
      sources.get(row.source)?.add(row);
    }
    from = end;
    if (from < untilMs) await new Promise((resolve) => setTimeout(resolve));
  }

  const leading = [...sources].toSorted(([, a], [, b]) => b.failed - a.failed || b.total - a.total);
  return {
    ...{ since: iso(sinceMs), until: iso(untilMs), bucketMs, totals: totals.figures() },
    buckets: buckets.map((tally, place) => ({ at: iso(sinceMs + place * bucketMs), ...tally.figures() })),
    sources: leading.slice(0, SHOWN_SOURCES).map(([source, tally]) => ({ source, ...tally.figures() })),
  };
}

type Condition = ReturnType<typeof matching>;

/** When the first event began that is too many for one part, or `undefined`. */
async function endOfPart(
  db: Kysely<Tables>,
  project: string,
  { matches, time }: { matches: Condition; time: RawBuilder<number> },
): Promise<number | undefined> {
  const query = db.selectFrom("events").where("project", "=", project).where(matches).orderBy(time);
  return (await query.select("happened_at").limit(1).offset(TOGETHER).executeTakeFirst())?.happened_at;
}

async function countedEvents(
  db: Kysely<Tables>,
  project: string,
  { counted, sinceMs, bucketMs }: { counted: Condition; sinceMs: number; bucketMs: number },
): Promise<readonly CountRow[]> {
  const query = db
    .selectFrom("events")
    .where("project", "=", project)
    .where(counted)
    .select([
      // Not the column itself: SQLite would go through the index of sources for the sake of the groups.
      sql<string>`source || ''`.as("source"),
      sql<number>`(happened_at - ${sql.lit(sinceMs)}) / ${sql.lit(bucketMs)}`.as("bucket"),
      sql<number | null>`case when duration_ms is not null then ${bandOfDuration} end`.as("band"),
      sql<number>`count(*)`.as("total"),
      sql<number>`count(case when status = 'PENDING' then 1 end)`.as("pending"),
      sql<number>`count(case when status = 'FAILURE' then 1 end)`.as("failed"),
      sql<number | null>`max(duration_ms)`.as("max_ms"),
    ]);
  return query.groupBy([sql`1`, sql`2`, sql`3`]).execute();
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
