import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import { Status } from "../../ui/badge.tsx";
import type { Column } from "../../ui/column.ts";
import { CopyText } from "../../ui/copy.tsx";
import { formatRate } from "../../ui/format.ts";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { hasEnded } from "../build/job-progress.ts";
import { JOB_TONES } from "../build/job-tones.ts";
import { FunctionStatus } from "../function-status.tsx";
import styles from "./list.module.css";
import { shortTraffic } from "./short-traffic.ts";

/** A function with what is known of it besides. */
export interface FunctionRow {
  readonly project: string;
  readonly fn: StoredFunction;
  /** The newest of its builds and deployments. */
  readonly job: Job | undefined;
  /** `undefined` while it is not up, `null` while its rate is not known. */
  readonly callsPerSecond: number | null | undefined;
}

/** What the list shows of each function. */
export const FUNCTION_COLUMNS: readonly Column<FunctionRow>[] = [
  { id: "name", header: "Function", cell: (row) => <Name {...row} />, sortBy: ({ fn }) => fn.label },
  {
    id: "status",
    header: "Status",
    cell: ({ fn }) => <FunctionStatus fn={fn} />,
    sortBy: ({ fn }) => fn.status,
  },
  {
    id: "version",
    header: "Version",
    align: "number",
    cell: ({ fn }) => fn.version,
    sortBy: ({ fn }) => fn.version,
  },
  { id: "traffic", header: "Calls go to", isNoWrap: true, cell: ({ fn }) => shortTraffic(fn) },
  {
    id: "rate",
    header: "Calls/s",
    align: "number",
    cell: ({ callsPerSecond }) => formatRate(callsPerSecond),
    sortBy: ({ callsPerSecond }) => callsPerSecond ?? -1,
  },
  {
    id: "job",
    header: "Last job",
    isNoWrap: true,
    cell: ({ job }) => <LastJob job={job} />,
    sortBy: ({ job }) => job?.createdAt ?? "",
  },
  {
    id: "url",
    header: "URL",
    isNoWrap: true,
    cell: ({ fn }) => fn.url !== undefined && <CopyText text={fn.url}>{fn.url}</CopyText>,
  },
];

function Name({ project, fn }: FunctionRow): ReactNode {
  return (
    <div className={styles["first"]}>
      <Link className={styles["name"]} to="/functions/$project/$name" params={{ project, name: fn.label }}>
        {fn.label}
      </Link>
      {fn.description !== "" && <div className={styles["description"]}>{fn.description}</div>}
    </div>
  );
}

function LastJob({ job }: { readonly job: Job | undefined }): ReactNode {
  if (job === undefined) return "–";
  return (
    <Status
      isPlain
      tone={JOB_TONES[job.state]}
      isBusy={!hasEnded(job)}
      title={`${job.kind} of version ${job.version}: ${job.state}`}
    >
      {job.kind} <TimeAgo time={job.createdAt} />
    </Status>
  );
}
