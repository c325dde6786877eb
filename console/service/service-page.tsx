import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { useDeployed } from "../functions/deployments.ts";
import { asleepFunctions } from "../mesh/asleep.ts";
import { AwayNotices } from "../mesh/away-notices.tsx";
import { serviceKey } from "../mesh/live-mesh.ts";
import { LiveStatus } from "../mesh/live-status.tsx";
import { ruledFunctions } from "../mesh/unserved.ts";
import { useLiveMesh } from "../mesh/use-live-mesh.ts";
import { useProjects } from "../session/projects.ts";
import { Badge } from "../ui/badge.tsx";
import { buttonClass } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { AsleepNotice } from "./asleep-notice.tsx";
import { FunctionList } from "./function-list.tsx";
import { InstanceTable } from "./instance-table.tsx";
import { NotThere } from "./not-there.tsx";
import { RecentCalls } from "./recent-calls.tsx";
import { serviceRoute } from "./routes.ts";
import { ServiceCharts } from "./service-charts.tsx";
import { ServiceNumbers } from "./service-numbers.tsx";
import { UnservedFunctions } from "./unserved-functions.tsx";

/** One service: its functions, who serves it, how it does, and its last calls. */
export function ServicePage(): ReactNode {
  const { project, service: name } = serviceRoute.useParams();
  const { function: open } = serviceRoute.useSearch();
  const navigate = serviceRoute.useNavigate();
  const used = useLiveMesh();
  const { view, times, series } = used.mesh;
  const { data: answer } = useProjects();
  const configured = answer?.projects.find(({ id }) => id === project);
  const ruled = ruledFunctions(configured?.services[name]?.functions ?? {});
  const service = view?.services.find((each) => each.project === project && each.name === name);
  const asleep = asleepFunctions(useDeployed(view?.services), view?.services ?? []).find(
    (each) => each.project === project && each.name === name,
  );
  const own = series.get(serviceKey({ project, name }));

  const setOpen = (next: string | undefined): void => {
    void navigate({ search: next === undefined ? {} : { function: next }, replace: true, resetScroll: false });
  };
  return (
    <Page
      title={name}
      heading={
        <>
          {name}
          {service?.versions.map((version) => (
            <Badge key={version}>{version}</Badge>
          ))}
        </>
      }
      {...(service !== undefined && service.description !== "" && { description: service.description })}
      breadcrumbs={[
        { id: "mesh", link: <Link to="/mesh">Mesh</Link> },
        { id: "project", link: <span>{project}</span> },
      ]}
      actions={
        <>
          <LiveStatus status={used.status} />
          {service?.isHouse === false && (
            <Link
              to="/playground/$project"
              params={{ project }}
              search={{ service: name, ...(open !== undefined && { function: open }) }}
              className={buttonClass({ variant: "primary" })}
            >
              <Play aria-hidden="true" />
              Playground
            </Link>
          )}
        </>
      }
    >
      <AwayNotices {...used} />
      {view === undefined && used.status.state !== "failed" && <SkeletonLines count={8} />}
      {service === undefined && asleep !== undefined && (
        <AsleepNotice fn={asleep} isRuled={configured?.services[name] !== undefined} />
      )}
      {view !== undefined && service === undefined && asleep === undefined && (
        <NotThere
          isRuled={configured?.services[name] !== undefined}
          service={{ project, name, isHouse: false, description: "", functions: ruled.map((each) => ({ name: each })) }}
        />
      )}
      {service !== undefined && (
        <>
          <ServiceNumbers service={service} />
          <FunctionList
            project={project}
            service={name}
            isHouse={service.isHouse}
            functions={service.functions}
            open={open}
            onOpen={setOpen}
          />
          <UnservedFunctions
            names={ruled.filter((each) => !service.functions.some((served) => served.name === each))}
          />
          {own !== undefined && <ServiceCharts times={times} series={own} />}
        </>
      )}
      {configured !== undefined && service?.isHouse === false && (
        <RecentCalls project={configured} service={name} functions={service.functions.map((each) => each.name)} />
      )}
      {service !== undefined && <InstanceTable instances={service.instances} />}
    </Page>
  );
}
