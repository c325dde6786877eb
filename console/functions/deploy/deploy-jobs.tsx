import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Job } from "../../../mesh/job.ts";
import { Card } from "../../ui/card.tsx";
import type { Column } from "../../ui/column.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatMs } from "../../ui/format.ts";
import { QueryView } from "../../ui/query-view.tsx";
import { Table } from "../../ui/table.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import styles from "./deploy.module.css";
import { JobState } from "./job-state.tsx";

/** As many as are looked back at. */
const MOST = 10;

/** The newest jobs of a function. */
export function DeployJobs({
  title,
  jobs,
  shown,
  kind,
  onShow,
}: {
  readonly title: string;
  readonly jobs: UseQueryResult<readonly Job[]>;
  /** The one that is shown beside. */
  readonly shown?: string | undefined;
  /** Default: of both kinds. */
  readonly kind?: Job["kind"];
  readonly onShow: (job: Job) => void;
}): ReactNode {
  return (
    <Card title={title} isFlush>
      <QueryView query={jobs} title="The jobs cannot be listed">
        {(all) => (
          <Table
            label={title}
            columns={columnsFor(shown, onShow)}
            rows={all.filter((job) => kind === undefined || job.kind === kind).slice(0, MOST)}
            rowKey={({ id }) => id}
            onOpen={onShow}
            empty={
              <EmptyState title={kind === "deploy" ? "Never deployed" : "Neither built nor deployed yet"}>
                Each time is listed here, with its steps and how it ended.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Card>
  );
}

function columnsFor(shown: string | undefined, onShow: (job: Job) => void): readonly Column<Job>[] {
  return [
    {
      id: "version",
      header: "What",
      cell: (job) => (
        <button
          type="button"
          className={styles["link"]}
          aria-current={job.id === shown || undefined}
          onClick={() => onShow(job)}
        >
          {job.kind} v{job.version}
          {job.percent !== undefined && `, ${job.percent} %`}
        </button>
      ),
    },
    { id: "state", header: "State", cell: (job) => <JobState job={job} isPlain /> },
    { id: "by", header: "By", cell: ({ createdBy }) => createdBy },
    {
      id: "took",
      header: "Took",
      align: "number",
      cell: ({ startedAt, endedAt }) =>
        formatMs(
          startedAt === undefined || endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt),
        ),
    },
    { id: "when", header: "When", align: "end", isNoWrap: true, cell: ({ createdAt }) => <TimeAgo time={createdAt} /> },
  ];
}
