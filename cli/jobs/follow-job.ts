import type { Job } from "../../mesh/job.ts";
import { ApiClient } from "../api/api-client.ts";
import { jobPath } from "../api/jobs.ts";
import { EventFeed } from "../events/event-feed.ts";
import type { GatewayOptions } from "../gateway-access.ts";

/** A job as it is followed: without its log, whose lines come one by one. */
export type FollowedJob = Omit<Job, "log">;

export interface JobListener {
  /** How far it is now. */
  readonly onChange: (job: FollowedJob) => void;
  readonly onLog: (line: string) => void;
  /** It cannot be followed for a while; told once. */
  readonly onBroken: () => void;
}

/**
 * Follows a job until it has ended, also over a mesh that is started again. `undefined` when the signal aborts before that.
 * @throws Failure when it cannot be followed.
 */
export async function followJob(
  id: string,
  options: GatewayOptions,
  { signal, ...listener }: JobListener & { readonly signal: AbortSignal },
): Promise<FollowedJob | undefined> {
  let known = 0;
  let told = 0;
  const feed = new EventFeed({
    after: undefined,
    // A mesh that was started again may be elsewhere, and a token does not live long.
    ask: async (lastEventId, asking) => {
      const api = await ApiClient.open(options);
      return api.follow(jobPath(id), {}, { lastEventId, signal: asking });
    },
    // Each connection tells the log from its beginning.
    onConnected: () => (told = 0),
    onBroken: listener.onBroken,
  });
  for await (const messages of feed.batches(signal)) {
    for (const { event, data } of messages) {
      if (event === "log") {
        told += 1;
        if (told <= known) continue;
        known = told;
        listener.onLog(JSON.parse(data) as string);
      } else if (event === undefined) {
        const job = JSON.parse(data) as FollowedJob;
        listener.onChange(job);
        if (job.endedAt !== undefined) return job;
      }
    }
  }
  return undefined;
}
