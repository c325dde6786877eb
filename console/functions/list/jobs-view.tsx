import type { ReactNode } from "react";
import type { Job } from "../../../mesh/job.ts";
import { JOB_COLUMNS } from "../build/job-columns.tsx";
import { useJobs } from "../build/jobs-api.ts";
import { Card } from "../../ui/card.tsx";
import type { Column } from "../../ui/column.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { Table } from "../../ui/table.tsx";
import { functionsRoute } from "../routes.ts";

const COLUMNS: readonly Column<Job>[] = [
  { id: "function", header: "Function", cell: ({ label }) => label, sortBy: ({ label }) => label },
  ...JOB_COLUMNS,
];

/** The newest builds and deployments of a project, those that are looked for. */
export function JobsView({ project, find }: { readonly project: string; readonly find: string }): ReactNode {
  const jobs = useJobs(project);
  const navigate = functionsRoute.useNavigate();
  return (
    <QueryView query={jobs} title="The jobs cannot be listed">
      {(rows) => (
        <Card isFlush>
          <Table
            label="Jobs"
            columns={COLUMNS}
            rows={rows.filter((job) => isLike(job, find))}
            rowKey={({ id }) => id}
            onOpen={({ id, label }) =>
              void navigate({
                to: "/functions/$project/$name",
                params: { project, name: label },
                search: { tab: "builds", job: id },
              })
            }
            empty={
              rows.length === 0 ? (
                <EmptyState title="Nothing was built or deployed yet">Open a function and build it.</EmptyState>
              ) : (
                <EmptyState title={`No job has “${find}” in it`}>Search for something else.</EmptyState>
              )
            }
          />
        </Card>
      )}
    </QueryView>
  );
}

function isLike({ label, kind, state }: Job, find: string): boolean {
  return `${label} ${kind} ${state}`.toLowerCase().includes(find.toLowerCase());
}
