import { useEffect, useEffectEvent, useState } from "react";
import { useProjectApi } from "../../api/api-context.tsx";
import { type StreamStatus, openEventStream } from "../../api/event-stream.ts";
import { type FollowedJob, type JobProgress, NOTHING_TOLD, afterEvent, hasEnded, onConnected } from "./job-progress.ts";
import { jobPath } from "./jobs-api.ts";

/** A job as a component sees it. */
export interface UsedJob extends JobProgress {
  readonly status: StreamStatus;
}

/**
 * Follows a job while the component is shown, from its beginning.
 * @param id `undefined` to follow none for now.
 * @param onEnd called once when it ends while it is being followed, and at once for one that had ended before.
 */
export function useJob(project: string, id: string | undefined, onEnd?: (job: FollowedJob) => void): UsedJob {
  const api = useProjectApi(project);
  const [shown, setShown] = useState<UsedJob & { readonly id: string | undefined }>(nothing(id));
  const end = useEffectEvent((job: FollowedJob) => onEnd?.(job));
  useEffect(() => {
    if (id === undefined) return;
    const change = (next: (before: UsedJob) => Partial<UsedJob>): void =>
      setShown((held) => {
        const before = held.id === id ? held : nothing(id);
        return { ...before, ...next(before) };
      });
    let last: FollowedJob | undefined;
    const stream = openEventStream({
      connect: (_, signal) => api.send(jobPath(id), { signal, headers: { Accept: "text/event-stream" } }),
      onEvent: (event) => {
        change((before) => afterEvent(before, event));
        last = afterEvent(NOTHING_TOLD, event).job;
        if (last !== undefined && hasEnded(last)) end(last);
      },
      onStatus: (status) => change((before) => ({ status, ...(status.state === "open" && onConnected(before)) })),
      isLast: (event) => event.event === undefined && hasEnded(JSON.parse(event.data) as FollowedJob),
    });
    return stream.close;
  }, [api, id]);
  return shown.id === id ? shown : nothing(id);
}

function nothing(id: string | undefined): UsedJob & { readonly id: string | undefined } {
  return { ...NOTHING_TOLD, id, status: { state: "connecting" } };
}
