import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { Table } from "../../ui/table.tsx";
import { functionRoute } from "../routes.ts";
import { useFunctionsChanged } from "../use-functions.ts";
import { NextDeploy } from "./build-panel.tsx";
import { JOB_COLUMNS } from "./job-columns.tsx";
import styles from "./job.module.css";
import { JobView } from "./job-view.tsx";
import { useJobs } from "./jobs-api.ts";
import { useJob } from "./use-job.ts";

/** The jobs of a function, builds and deployments, newest first, and one of them in full. */
export function BuildsTab({ project, fn }: { readonly project: string; readonly fn: StoredFunction }): ReactNode {
  const { job } = functionRoute.useSearch();
  const navigate = functionRoute.useNavigate();
  const jobs = useJobs(project, fn.id);
  return (
    <div className={styles["builds"]}>
      <QueryView query={jobs} title="The jobs cannot be listed">
        {(rows) => (
          <>
            <Card isFlush>
              <Table
                label="Builds and deployments"
                columns={JOB_COLUMNS}
                rows={rows}
                rowKey={({ id }) => id}
                onOpen={({ id }) => void navigate({ search: { tab: "builds", job: id } })}
                hasListKeys
                empty={<EmptyState title="Nothing was built yet">Build it from its code.</EmptyState>}
              />
            </Card>
            {(job ?? rows[0]?.id) !== undefined && <OneJob project={project} fn={fn} id={job ?? rows[0]?.id} />}
          </>
        )}
      </QueryView>
    </div>
  );
}

function OneJob({
  project,
  fn,
  id,
}: {
  readonly project: string;
  readonly fn: StoredFunction;
  readonly id: string | undefined;
}): ReactNode {
  const changed = useFunctionsChanged(project);
  const used = useJob(project, id, () => void changed());
  return (
    <Card title="Job">
      <JobView
        project={project}
        used={used}
        next={used.job?.kind === "build" && <NextDeploy project={project} fn={fn} version={used.job.version} />}
      />
    </Card>
  );
}
