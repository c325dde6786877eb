import { randomUUID } from "node:crypto";
import type { StoredEvent } from "../../../mesh/event.ts";
import { eventNotice, outcomeNotice } from "../../../functions-service/events/cloud-event.ts";
import type { Delivery, Sink } from "../../../functions-service/events/sink.ts";
import type { EventStore, Notice } from "../../../functions-service/store.ts";

/** An invocation of `adder.add` in the project `shop` that has just begun. */
export function invocation(changes: Partial<StoredEvent> = {}): StoredEvent {
  const id = randomUUID();
  return {
    id,
    project: "shop",
    type: "FUNCTION_INVOCATION",
    status: "PENDING",
    timestamp: "2026-11-20T10:00:00.000Z",
    source: "adder.add",
    payload: { a: 1, b: 2 },
    invocationId: id,
    deadline: undefined,
    response: undefined,
    durationMs: undefined,
    error: undefined,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    retryCount: 0,
    ...changes,
  };
}

/** Records that invocations began and ended: two notices of each. Gives the notices' ids, of each invocation in order. */
export async function recordInvocations(events: EventStore, count: number): Promise<[begun: string, ended: string][]> {
  const begun = Array.from({ length: count }, () => invocation());
  await events.insert(
    begun,
    begun.map((event) => eventNotice(event)),
  );
  const ended = begun.map((event) => {
    const outcome = { id: event.id, status: "SUCCESS", response: { result: 3 }, durationMs: 5 } as const;
    return { ...outcome, notice: outcomeNotice(event, outcome) };
  });
  await events.settle(ended);
  return begun.map(({ id }, index): [string, string] => [`${id}.pending`, ended[index]?.notice.id ?? ""]);
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
