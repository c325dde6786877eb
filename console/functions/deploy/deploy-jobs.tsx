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

/** Deployments of a function, newest first. */
export function DeployJobs({
  jobs,
  shown,
  onShow,
}: {
  readonly jobs: UseQueryResult<readonly Job[]>;
  /** The one that is shown beside. */
  readonly shown: string | undefined;
  readonly onShow: (id: string) => void;
}): ReactNode {
  return (
    <Card title="Deployments" isFlush>
      <QueryView query={jobs} title="The deployments cannot be listed">
        {(all) => (
          <Table
            label="Deployments"
            columns={columnsFor(shown, onShow)}
            rows={all.filter(({ kind }) => kind === "deploy")}
            rowKey={({ id }) => id}
            onOpen={({ id }) => onShow(id)}
            empty={
              <EmptyState title="Never deployed">
                Choose a version and deploy it: each deployment is listed here, with its steps.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Card>
  );
}

function columnsFor(shown: string | undefined, onShow: (id: string) => void): readonly Column<Job>[] {
  return [
    {
      id: "version",
      header: "Version",
      cell: ({ id, version, percent = 100 }) => (
        <button
          type="button"
          className={styles["link"]}
          aria-current={id === shown || undefined}
          onClick={() => onShow(id)}
        >
          v{version}, {percent} %
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
