import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from "kysely";
import type { EventFilter } from "../store.ts";
import { toMs } from "./event-rows.ts";
import { MOST_EVENTS } from "./migrations/0004-event-filters.ts";
import type { Tables } from "./tables.ts";

/**
 * A filter as a condition; an empty one holds for everything.
 * @throws MeshError `invalid_request` for times that are none.
 */
export function matching(filter: EventFilter) {
  const { source, type, status, traceId, since, until } = filter;
  const sinceMs = since === undefined ? undefined : toMs(since, "since");
  const untilMs = until === undefined ? undefined : toMs(until, "until");
  const time = timeOf(filter);
  return (event: ExpressionBuilder<Tables, "events">): Expression<SqlBool> =>
    event.and([
      ...(source === undefined ? [] : [event("source", "=", source)]),
      ...(type === undefined ? [] : [event("type", "=", type)]),
      // Says again what the index of such types is of, so that it can be used; like the status, which is no parameter.
      ...(type === undefined || type === MOST_EVENTS ? [] : [event("type", "<>", sql.lit(MOST_EVENTS))]),
      ...(status === undefined ? [] : [event("status", "=", sql.lit(status))]),
      ...(traceId === undefined ? [] : [event("trace_id", "=", traceId)]),
      ...(sinceMs === undefined ? [] : [event(time, ">=", sinceMs)]),
      ...(untilMs === undefined ? [] : [event(time, "<", untilMs)]),
    ]);
}

/**
 * When an event began, as queries with a filter have to say it. A trace is found by its own index and then sorted: with the sign no
 * database goes through all events in the order of time for it.
 */
export function timeOf({ traceId }: EventFilter): RawBuilder<number> {
  return traceId === undefined ? sql`happened_at` : sql`+happened_at`;
}
