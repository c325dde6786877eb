import { type Transaction, sql } from "kysely";
import { EVENT_COLUMNS, OUTCOME_COLUMNS, type OutcomeRow } from "./event-rows.ts";
import { type SqlFeatures, keysOf } from "./features.ts";
import type { EventsTable, Tables } from "./tables.ts";

/** Names one event. */
type EventKey = Pick<EventsTable, "project" | "id">;

const COLUMNS = keysOf(EVENT_COLUMNS);
const OUTCOMES = keysOf(OUTCOME_COLUMNS).filter((column) => column !== "project" && column !== "id");

const NEW_EVENTS = { table: "events", columns: COLUMNS, key: ["project", "id"] } as const;
const SETTLE = `update events set ${OUTCOMES.map((column) => `${column} = ?`).join(", ")}
  where project = ? and id = ? and status = 'PENDING'`;

/** Writes the events that are not there yet, and names them. */
export async function insertEvents(
  tx: Transaction<Tables>,
  rows: readonly EventsTable[],
  features: SqlFeatures,
): Promise<readonly EventKey[]> {
  if (rows.length === 0) return [];
  if (features.direct !== undefined) {
    // Ids begin with the time: in their order all indexes grow at their ends.
    const inOrder = rows.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    return features.direct.insertNew(NEW_EVENTS, inOrder);
  }
  const columns = sql.join(Object.keys(EVENT_COLUMNS).map((column) => sql.ref(column)));
  // "where true" tells SQLite that "on" does not belong to a join.
  const insert = sql<EventKey>`insert into events (${columns})
    select ${columns} from ${features.rows(rows, EVENT_COLUMNS)} where true
    on conflict (project, id) do nothing returning project, id`;
  return (await insert.execute(tx)).rows;
}

/** Ends those events that are pending, and names them. */
export async function settleEvents(
  tx: Transaction<Tables>,
  rows: readonly OutcomeRow[],
  features: SqlFeatures,
): Promise<readonly EventKey[]> {
  if (rows.length === 0) return [];
  if (features.direct !== undefined) {
    const values = rows.map((row) => [...OUTCOMES.map((column) => row[column]), row.project, row.id]);
    const isSettled = features.direct.each(SETTLE, values);
    return rows.filter((_row, place) => isSettled[place]);
  }
  const update = sql<EventKey>`update events set status = outcome.status, response = outcome.response,
      duration_ms = outcome.duration_ms, error = outcome.error
    from (select * from ${features.rows(rows, OUTCOME_COLUMNS)}) as outcome
    where events.project = outcome.project and events.id = outcome.id and events.status = 'PENDING'
    returning events.project, events.id`;
  return (await update.execute(tx)).rows;
}
