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

/** The newest builds and deployments of a project. */
export function JobsView({ project }: { readonly project: string }): ReactNode {
  const jobs = useJobs(project);
  const navigate = functionsRoute.useNavigate();
  return (
    <QueryView query={jobs} title="The jobs cannot be listed">
      {(rows) => (
        <Card isFlush>
          <Table
            label="Jobs"
            columns={COLUMNS}
            rows={rows}
            rowKey={({ id }) => id}
            onOpen={({ id, label }) =>
              void navigate({
                to: "/functions/$project/$name",
                params: { project, name: label },
                search: { tab: "builds", job: id },
              })
            }
            empty={<EmptyState title="Nothing was built or deployed yet">Open a function and build it.</EmptyState>}
          />
        </Card>
      )}
    </QueryView>
  );
}
