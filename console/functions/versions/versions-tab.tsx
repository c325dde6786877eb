import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { useJobs } from "../build/jobs-api.ts";
import { useDeployment } from "../detail/deployment.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { functionRoute } from "../routes.ts";
import { CompareCard } from "./compare-card.tsx";
import { TrafficEditor } from "./traffic-editor.tsx";
import { useTraffic } from "./use-traffic.ts";
import { imagesOf, useVersions } from "./versions-api.ts";
import { VersionsTable } from "./versions-table.tsx";

/** The versions of a function, which of them calls go to, and what became different between two of them. */
export function VersionsTab({ project, fn }: FunctionTabProps): ReactNode {
  const { version, compare } = functionRoute.useSearch();
  const navigate = functionRoute.useNavigate();
  const versions = useVersions(project, fn);
  const deployment = useDeployment(project, fn);
  const jobs = useJobs(project, fn.id);
  const traffic = useTraffic(project, fn);
  const deployed = deployment.data ?? undefined;
  const show = (after: number, before: number): void =>
    void navigate({ search: { tab: "versions", version: after, compare: before }, resetScroll: false });

  return (
    <div className={layout["stack"]}>
      <TrafficEditor fn={fn} deployed={deployed} traffic={traffic} />
      <Card
        title="Versions"
        description="A version never changes. Saving code or settings makes a new one, which gets no calls yet."
        isFlush
        actions={
          <Link
            to="/functions/$project/$name"
            params={{ project, name: fn.label }}
            search={{ tab: "deploy" }}
            className={buttonClass({ size: "small" })}
          >
            Deploy one
          </Link>
        }
      >
        <QueryView query={versions} title="The versions cannot be listed">
          {(all) => (
            <VersionsTable
              project={project}
              fn={fn}
              versions={all}
              deployed={deployed}
              images={imagesOf(jobs.data ?? [])}
              traffic={traffic}
              onCompare={show}
            />
          )}
        </QueryView>
      </Card>
      {(versions.data?.length ?? 0) > 1 && (
        <CompareCard
          key={`${compare ?? ""} ${version ?? ""}`}
          versions={versions.data ?? []}
          before={compare}
          after={version}
          onChange={show}
        />
      )}
    </div>
  );
}
