import type { ReactNode } from "react";
import { useJobs } from "../build/jobs-api.ts";
import { useDeployment } from "../detail/deployment.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { functionRoute } from "../routes.ts";
import layout from "../../ui/layout.module.css";
import { DeployForm } from "./deploy-form.tsx";
import { DeployJob } from "./deploy-job.tsx";
import { DeployJobs } from "./deploy-jobs.tsx";
import { DeployedCard } from "./deployed-card.tsx";

/** Brings a version to where it runs, and shows how that goes. */
export function DeployTab({ project, fn }: FunctionTabProps): ReactNode {
  const { job, version } = functionRoute.useSearch();
  const navigate = functionRoute.useNavigate();
  const deployment = useDeployment(project, fn);
  const jobs = useJobs(project, fn.id);
  const deployments = jobs.data?.filter(({ kind }) => kind === "deploy") ?? [];
  const shown = job ?? deployments[0]?.id;
  const show = (id: string): void => void navigate({ search: { tab: "deploy", job: id } });

  return (
    <div className={layout["columns"]}>
      <div className={layout["stack"]}>
        <DeployForm
          key={version ?? fn.version}
          project={project}
          fn={fn}
          version={version ?? fn.version}
          deployed={deployment.data}
          isBusy={deployments.some(({ endedAt }) => endedAt === undefined)}
          onJob={show}
        />
        <DeployedCard project={project} fn={fn} deployment={deployment} />
      </div>
      <div className={layout["stack"]}>
        {shown !== undefined && <DeployJob key={shown} project={project} fn={fn} id={shown} />}
        <DeployJobs title="Deployments" kind="deploy" jobs={jobs} shown={shown} onShow={({ id }) => show(id)} />
      </div>
    </div>
  );
}
