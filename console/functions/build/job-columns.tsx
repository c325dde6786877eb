import type { Job } from "../../../mesh/job.ts";
import { Status } from "../../ui/badge.tsx";
import type { Column } from "../../ui/column.ts";
import { formatMs } from "../../ui/format.ts";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { durationMs, hasEnded } from "./job-progress.ts";
import { JOB_TONES } from "./job-tones.ts";

/** What a list of jobs shows of each. */
export const JOB_COLUMNS: readonly Column<Job>[] = [
  {
    id: "state",
    header: "State",
    cell: (job) => (
      <Status isPlain tone={JOB_TONES[job.state]} isBusy={!hasEnded(job)}>
        {job.state}
      </Status>
    ),
  },
  { id: "kind", header: "Kind", cell: ({ kind }) => kind, sortBy: ({ kind }) => kind },
  {
    id: "version",
    header: "Version",
    align: "number",
    cell: ({ version }) => version,
    sortBy: ({ version }) => version,
  },
  {
    id: "took",
    header: "Took",
    align: "number",
    cell: (job) => (hasEnded(job) ? formatMs(durationMs(job, 0)) : "–"),
  },
  {
    id: "created",
    header: "Begun",
    isNoWrap: true,
    cell: ({ createdAt }) => <TimeAgo time={createdAt} />,
    sortBy: ({ createdAt }) => createdAt,
  },
  { id: "by", header: "By", cell: ({ createdBy }) => createdBy },
];
