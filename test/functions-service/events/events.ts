import { expect, vi } from "vitest";
import { type Notice, noticeOf } from "../../../functions-service/events/cloud-event.ts";
import type { Delivery, Sink } from "../../../functions-service/events/sink.ts";
import type { EventBegun, EventEnded, Journal } from "../../../functions-service/store.ts";
import { newUuid } from "../../../mesh/ids.ts";

/** An invocation of `adder.add` that has just begun. */
export function invocation(changes: Partial<EventBegun> = {}): EventBegun {
  return {
    change: "begun",
    id: newUuid(),
    type: "FUNCTION_INVOCATION",
    status: "PENDING",
    startedAt: Date.parse("2026-11-20T10:00:00.000Z"),
    source: "adder.add",
    payload: { a: 1, b: 2 },
    traceId: "0af7651916cd43dd8448eb211c80319c",
    isInvocation: true,
    ...changes,
  };
}

/** How an event ended that began so. */
export function ending(begun: EventBegun, changes: Partial<EventEnded> = {}): EventEnded {
  const { id, type, source, startedAt, traceId, isInvocation } = begun;
  const facts = { id, type, source, startedAt, traceId, isInvocation };
  const outcome = { status: "SUCCESS", endedAt: startedAt + 5, durationMs: 5, response: { result: 3 } } as const;
  return { change: "ended", ...facts, ...outcome, ...changes };
}

/** What is told of an event in the project `shop`. */
export function notice(change: EventBegun | EventEnded, sequence = 1, project = "shop"): Notice {
  return noticeOf({ sequence, project, change });
}

/** Records that invocations began and ended: two notices of each. Gives the notices' ids, of each invocation in order. */
export async function recordInvocations(
  journal: Pick<Journal, "append">,
  count: number,
): Promise<[begun: string, ended: string][]> {
  const begun = Array.from({ length: count }, () => invocation());
  await journal.append("shop", begun);
  await journal.append(
    "shop",
    begun.map((each) => ending(each)),
  );
  return begun.map(({ id }): [string, string] => [`${id}.pending`, `${id}.success`]);
}

/** How many changes a sink has not confirmed. */
export async function backlogOf(journal: Journal, sink: string): Promise<number> {
  const status = await journal.sinks.status();
  return status.find(({ name }) => name === sink)?.backlog ?? 0;
}

/** Resolves when every sink has confirmed all there is. */
export function untilTold(journal: Journal, options: { timeout?: number } = {}): Promise<void> {
  const { timeout = 10_000 } = options;
  return vi.waitFor(
    async () => {
      const waiting = (await journal.sinks.status()).filter(({ backlog }) => backlog > 0);
      expect(waiting).toEqual([]);
    },
    { timeout, interval: 5 },
  );
}

/** Events in the order in which each was first seen: what somebody has who knows repetitions by their ids. */
export function withoutRepetitions(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

/** Invocations that somebody heard of in another order, or not at all. */
export function misheard(ids: readonly string[], expected: readonly [begun: string, ended: string][]): string[] {
  const places = new Map(withoutRepetitions(ids).map((id, place) => [id, place]));
  const isHeard = ([begun, ended]: readonly [string, string]): boolean =>
    (places.get(begun) ?? Infinity) < (places.get(ended) ?? -Infinity);
  return expected.filter((pair) => !isHeard(pair)).map(([begun]) => begun);
}

/** Remembers what it is given, and confirms what `confirms` says. */
export function recordingSink(options: { name?: string; confirms?: (notice: Notice) => boolean } = {}): Sink & {
  readonly batches: readonly string[][];
  readonly ids: readonly string[];
} {
  const { name = "recording", confirms = () => true } = options;
  const batches: string[][] = [];
  const ids: string[] = [];
  return {
    name,
    isWhole: false,
    batches,
    ids,
    async publish(notices): Promise<Delivery> {
      await Promise.resolve();
      const taken = notices.filter(confirms);
      if (notices.length > 0) batches.push(notices.map(({ id }) => id));
      ids.push(...taken.map(({ id }) => id));
      const failure = taken.length === notices.length ? undefined : new Error("not now");
      return { confirmed: taken.map(({ sequence }) => sequence), failure };
    },
    close: () => Promise.resolve(),
  };
}
