import type { Body } from "../../mesh/body.ts";
import { MeshError } from "../../mesh/errors.ts";
import { newCallId } from "../../mesh/ids.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import { RECORDED_BYTES, recordedBody } from "../../mesh/recorded-value.ts";
import type { EventEnded } from "../store.ts";
import type { ApiParts } from "./operation.ts";

/** What is known of an invocation before it is sent. */
export interface InvocationFacts {
  /** The function's label. */
  readonly source: string;
  readonly traceId: string;
  /** When its caller stops waiting: milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly payload: Body;
}

/** The record of an invocation that has begun. One of its ends is told, once. */
export interface InvocationRecord {
  /** The event's id, and the call's. */
  readonly id: string;
  /**
   * It was answered. Resolves when that is durable.
   * @throws MeshError `deadline_exceeded` when it does not become so in time.
   */
  succeeded(answer: Body): Promise<void>;
  /** It failed. Never rejects: that it failed is what the caller is to hear. */
  failed(error: MeshError): Promise<void>;
}

/** How often the end is written again while the store is away, in milliseconds. */
const RETRY_MS = 500;

/** So long after its deadline an invocation whose end nobody has written is taken for failed, in milliseconds. */
const GRACE_MS = 10_000;

/** An answer that came at the last moment still has so long to be recorded, in milliseconds. */
const LAST_MOMENT_MS = 1000;

/**
 * Records that an invocation begins. Resolves when that is durable.
 * @throws MeshError what keeps it from being recorded; then nothing has run.
 */
export async function beginInvocation(
  { payload, deadlineMs, ...facts }: InvocationFacts,
  { parts: { store, project, now }, log }: { readonly parts: ApiParts; readonly log: Log },
): Promise<InvocationRecord> {
  const id = newCallId();
  const about = { id, type: "FUNCTION_INVOCATION", ...facts, startedAt: now().getTime(), isInvocation: true };
  const sent = recordedBody(payload, RECORDED_BYTES);
  await store.journal.append(project, [{ change: "begun", ...about, status: "PENDING", deadlineMs, payload: sent }]);
  // What it took to record that it begins is not its duration.
  const sentAt = performance.now();

  const end = async (outcome: Pick<EventEnded, "status" | "response" | "error">): Promise<boolean> => {
    const durationMs = Math.round((performance.now() - sentAt) * 1000) / 1000;
    const change = { change: "ended", ...about, endedAt: now().getTime(), durationMs, ...outcome } as const;
    const leftMs = deadlineMs - now().getTime();
    const write = (): Promise<void> => store.journal.append(project, [change]);
    return within(Math.max(LAST_MOMENT_MS, leftMs), persistently(write, { forMs: leftMs + GRACE_MS, log }));
  };
  return {
    id,
    async succeeded(answer) {
      if (await end({ status: "SUCCESS", response: recordedBody(answer, RECORDED_BYTES) })) return;
      const text = "the function answered, but the record of it could not be written in time";
      throw new MeshError("deadline_exceeded", text);
    },
    async failed({ code, message }) {
      await end({ status: "FAILURE", error: { code, message } });
    },
  };
}

/** Whether it was written, after trying for a while. Never rejects. */
async function persistently(
  write: () => Promise<void>,
  { forMs, log }: { readonly forMs: number; readonly log: Log },
): Promise<boolean> {
  const giveUpAt = performance.now() + forMs;
  for (;;) {
    try {
      await write();
      return true;
    } catch (error) {
      if (performance.now() < giveUpAt && MeshError.from(error).status === 503) {
        await pause(RETRY_MS, NEVER);
        continue;
      }
      log.error("the end of an invocation could not be recorded", { error });
      return false;
    }
  }
}

const NEVER = new AbortController().signal;

/** What it resolves with, or `false` when that takes longer. */
async function within(ms: number, result: Promise<boolean>): Promise<boolean> {
  const settled = new AbortController();
  const late = pause(ms, settled.signal).then(() => false);
  return Promise.race([result, late]).finally(() => settled.abort());
}
