import type { Broker, Message } from "../../mesh/broker.ts";

/** A reply and when it came, by `performance.now()`. */
export interface TimedReply {
  readonly message: Message;
  readonly at: number;
}

const LONGEST_MS = 1_000;
/** Everybody is there once nobody more has answered for this many times the way to the broker and back. */
const ROUND_TRIPS = 5;
const LEAST_QUIET_MS = 100;

/** How long to wait for whom. */
export interface AskOptions {
  /** Whether somebody who is known has not answered yet; then the wait is longer. */
  readonly isMissing?: (replies: readonly TimedReply[]) => boolean;
  /** Default 1000. */
  readonly longestMs?: number;
}

/**
 * Asks everybody and gathers the answers until they have fallen silent: mostly after a tenth of a second, at most after
 * one. That nobody is there is known at once.
 * @throws MeshError `broker_unavailable`
 */
export async function askAll(
  broker: Broker,
  subject: string,
  message: Message,
  { isMissing = () => false, longestMs = LONGEST_MS }: AskOptions = {},
): Promise<readonly TimedReply[]> {
  const startedAt = performance.now();
  await broker.flush();
  const quietMs = Math.min(Math.max((performance.now() - startedAt) * ROUND_TRIPS, LEAST_QUIET_MS), longestMs);

  const { promise, resolve } = Promise.withResolvers<void>();
  const replies: TimedReply[] = [];
  const whenQuiet = (): void => {
    if (!isMissing(replies)) resolve();
  };
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const longest = setTimeout(resolve, longestMs);
  const inbox = broker.openInbox({
    onMessage: (reply) => {
      replies.push({ message: reply, at: performance.now() });
      clearTimeout(quiet);
      quiet = setTimeout(whenQuiet, quietMs);
    },
    onNobodyThere: resolve,
  });
  try {
    broker.publish(subject, message, inbox.subject);
    await promise;
    return replies;
  } finally {
    clearTimeout(quiet);
    clearTimeout(longest);
    inbox.close();
  }
}
