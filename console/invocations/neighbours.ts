import type { EventRow } from "../events/event-row.ts";
import type { FetchRows } from "../events/event-list.ts";
import type { TimeWindow } from "../events/search.ts";

/** The events before and after one, in the order of a list. */
export interface Neighbours {
  readonly newer: EventRow | undefined;
  readonly older: EventRow | undefined;
}

const FIRST_STEP_MS = 1000;
const GROWTH = 8;

/** Finds what stands beside an event in a list. */
export async function findNeighbours(
  { id, at }: Pick<EventRow, "id" | "at">,
  { fetch, window, signal }: { readonly fetch: FetchRows; readonly window: TimeWindow; readonly signal: AbortSignal },
): Promise<Neighbours> {
  const isNewer = (row: EventRow): boolean => row.at > at || (row.at === at && row.id > id);
  const isOlder = (row: EventRow): boolean => row.id !== id && !isNewer(row);
  const [newer, older] = await Promise.all([findNewer(), findOlder()]);
  return { newer, older };

  /** The first of those that began no later; what began in the same millisecond may stand before it. */
  async function findOlder(): Promise<EventRow | undefined> {
    const until = at + 1;
    let page = await fetch({ since: Math.min(window.since, at), until }, undefined, signal);
    while (!page.rows.some(isOlder) && page.next !== undefined) {
      page = await fetch({ since: Math.min(window.since, at), until }, page.next, signal);
    }
    return page.rows.find(isOlder);
  }

  /** Lists begin with the newest: the next newer one is the last of what began soon after. */
  async function findNewer(): Promise<EventRow | undefined> {
    for (let step = FIRST_STEP_MS; ; step *= GROWTH) {
      const until = Math.min(at + step, window.until);
      if (until <= at) return undefined;
      let page = await fetch({ since: at, until }, undefined, signal);
      let next = page.rows.findLast(isNewer);
      while (page.next !== undefined) {
        page = await fetch({ since: at, until }, page.next, signal);
        next = page.rows.findLast(isNewer) ?? next;
      }
      if (next !== undefined || until === window.until) return next;
    }
  }
}
