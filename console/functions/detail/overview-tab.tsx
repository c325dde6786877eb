import type { ReactNode } from "react";
import { useProjects } from "../../session/projects.ts";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { DeployJobs } from "../deploy/deploy-jobs.tsx";
import { useJobs } from "../build/jobs-api.ts";
import { DeployedCard } from "../deploy/deployed-card.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { functionRoute } from "../routes.ts";
import { CallsCard } from "./calls-card.tsx";
import { useDeployment } from "./deployment.ts";
import { FunctionNumbers } from "./function-numbers.tsx";
import { HowToCall } from "./how-to-call.tsx";
import { nextStep } from "./next-step.ts";
import { NextStepNotice } from "./next-step-notice.tsx";
import { ruleOf } from "./rule-of.ts";
import { WhoMayCall } from "./who-may-call.tsx";

/** How a function does, and what to do next. */
export function OverviewTab({ project, fn }: FunctionTabProps): ReactNode {
  const navigate = functionRoute.useNavigate();
  const deployment = useDeployment(project, fn);
  const jobs = useJobs(project, fn.id);
  const projects = useProjects();
  const services = projects.data?.projects.find(({ id }) => id === project)?.services;
  const rule = services === undefined ? undefined : ruleOf(services, fn.label);
  const step = nextStep({
    ...{ fn, deployed: deployment.data, job: jobs.data?.[0] },
    hasRule: services === undefined ? undefined : rule !== undefined,
  });
  return (
    <div className={layout["stack"]}>
      {step !== undefined && <NextStepNotice project={project} fn={fn} step={step} />}
      {deployment.data !== null && <FunctionNumbers project={project} fn={fn} deployed={deployment.data} />}
      <div className={layout["columns"]}>
        <div className={layout["stack"]}>
          <DeployedCard project={project} fn={fn} deployment={deployment} />
          <Card title="Who may call it">
            <WhoMayCall project={project} fn={fn} rule={rule} isKnown={services !== undefined} />
          </Card>
          <Card title="How it is called">
            <HowToCall project={project} fn={fn} />
          </Card>
        </div>
        <div className={layout["stack"]}>
          {deployment.data !== null && <CallsCard project={project} fn={fn} />}
          <DeployJobs
            title="Builds and deployments"
            jobs={jobs}
            onShow={({ id, kind }) =>
              void navigate({ search: { tab: kind === "build" ? "builds" : "deploy", job: id } })
            }
          />
        </div>
      </div>
    </div>
  );
}
