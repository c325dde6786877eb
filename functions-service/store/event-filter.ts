import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { EventFilter } from "../store.ts";
import { toMs } from "./event-rows.ts";
import type { Tables } from "./tables.ts";

/**
 * A filter as a condition; an empty one holds for everything.
 * @throws MeshError `invalid_request` for times that are none.
 */
export function matching({ source, type, status, traceId, since, until }: EventFilter) {
  const sinceMs = since === undefined ? undefined : toMs(since, "since");
  const untilMs = until === undefined ? undefined : toMs(until, "until");
  return (event: ExpressionBuilder<Tables, "events">): Expression<SqlBool> =>
    event.and([
      ...(source === undefined ? [] : [event("source", "=", source)]),
      ...(type === undefined ? [] : [event("type", "=", type)]),
      // Not a parameter, so that the indexes of one status can be used.
      ...(status === undefined ? [] : [event("status", "=", sql.lit(status))]),
      ...(traceId === undefined ? [] : [event("trace_id", "=", traceId)]),
      ...(sinceMs === undefined ? [] : [event("happened_at", ">=", sinceMs)]),
      ...(untilMs === undefined ? [] : [event("happened_at", "<", untilMs)]),
    ]);
}
