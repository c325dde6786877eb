import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import type { Change } from "../../functions-service/store.ts";
import { silentLog } from "../../mesh/log.ts";

/** Changes that are written together. */
const BATCH = 4000;

/** The events of a test, in the order in which they began. */
export interface SeededEvents {
  readonly count: number;
  /** When the first began and the last one did, in milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** The id of the event at a place, from the oldest on. */
export function seededId(place: number): string {
  return `00000000-0000-4000-8000-${String(place).padStart(12, "0")}`;
}

/** Its source: one in ten is of `pay.charge`, where every third fails. */
export function seededSource(place: number): string {
  return place % 10 === 0 ? "pay.charge" : `shop.step${place % 4}`;
}

/** Writes as many invocations into the store of a mesh that does not run yet, evenly over the time. */
export function seedEvents(folder: string, project: string, { count, from, to }: SeededEvents): Promise<void> {
  const all = Array.from({ length: count }, (_, place) => invocation(place, from + ((to - from) * place) / count));
  return seedChanges(folder, project, all.flat());
}

/** Writes what happened into the store of a mesh that does not run yet. */
export async function seedChanges(folder: string, project: string, changes: readonly Change[]): Promise<void> {
  await mkdir(join(folder, ".fmesh"), { recursive: true });
  const store = await openSqliteStore(join(folder, ".fmesh/functions.db"), silentLog);
  try {
    for (let first = 0; first < changes.length; first += BATCH) {
      await store.journal.append(project, changes.slice(first, first + BATCH));
    }
    await store.journal.project();
  } finally {
    await store.close();
  }
}

function invocation(place: number, at: number): Change[] {
  const startedAt = Math.floor(at);
  const facts = {
    ...{ id: seededId(place), type: "FUNCTION_INVOCATION", source: seededSource(place), startedAt },
    ...{ traceId: place.toString(16).padStart(32, "0"), isInvocation: true },
  };
  const durationMs = 1 + (place % 50) * 2;
  const isFailed = place % 30 === 0;
  return [
    { change: "begun", ...facts, status: "PENDING", payload: { place }, deadlineMs: startedAt + 10_000 },
    {
      ...{ change: "ended", ...facts, durationMs, endedAt: startedAt + durationMs },
      ...(isFailed
        ? { status: "FAILURE", error: { code: "function_failed", message: `card ${place} was declined` } }
        : { status: "SUCCESS", response: { place } }),
    },
  ];
}
