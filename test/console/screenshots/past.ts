import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { Change } from "../../../functions-service/store.ts";
import { silentLog } from "../../../mesh/log.ts";

const FROM_MS = 14 * 60_000;
const EVERY_MS = 420;

/** Writes what was called in the last quarter of an hour into the store of a mesh that does not run yet. */
export async function writePast(folder: string, project: string): Promise<void> {
  await mkdir(join(folder, ".fmesh"), { recursive: true });
  const store = await openSqliteStore(join(folder, ".fmesh/functions.db"), silentLog);
  try {
    const now = Date.now();
    const changes: Change[] = [];
    for (let place = 0; place * EVERY_MS < FROM_MS; place++) {
      // More at some times than at others.
      if (Math.sin(place / 130) + Math.sin(place / 37) / 3 < -0.7 && place % 3 !== 0) continue;
      changes.push(...invocation(place, now - FROM_MS + place * EVERY_MS));
    }
    await store.journal.append(project, changes);
    await store.journal.project();
  } finally {
    await store.close();
  }
}

function invocation(place: number, startedAt: number): Change[] {
  const id = crypto.randomUUID();
  const source = place % 7 === 0 ? "orders.cancel" : place % 3 === 0 ? "payments.charge" : "orders.place";
  const facts = {
    ...{ id, type: "FUNCTION_INVOCATION", source, startedAt, isInvocation: true },
    traceId: id.replaceAll("-", ""),
  };
  const durationMs = Math.round(
    place % 31 === 0 ? 190 + Math.random() * 60 : 18 + Math.random() * 30 + (place % 9) * 3,
  );
  const endedAt = startedAt + durationMs;
  const isDeclined = Math.random() < (place % 400 < 60 ? 0.2 : 0.03);
  return [
    {
      change: "begun",
      ...facts,
      status: "PENDING",
      payload: { book: "978-0141439518" },
      deadlineMs: startedAt + 10_000,
    },
    {
      ...{ change: "ended", ...facts, durationMs, endedAt },
      ...(isDeclined
        ? { status: "FAILURE", error: { code: "function_failed", message: "the bank declined the card" } }
        : { status: "SUCCESS", response: { order: `A-${place}` } }),
    },
  ];
}
