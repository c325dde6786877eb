import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { useDeployment } from "../detail/deployment.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { functionRoute } from "../routes.ts";
import { LogView } from "./log-view.tsx";

/** What the instances of a function write, as they write it. */
export function LogsTab({ project, fn }: FunctionTabProps): ReactNode {
  const { version, find = "" } = functionRoute.useSearch();
  const navigate = functionRoute.useNavigate();
  const deployment = useDeployment(project, fn);
  return (
    <QueryView query={deployment} title="The deployer does not say what runs">
      {(deployed) =>
        deployed === null ? (
          <Card>
            <EmptyState
              title="Nothing runs yet"
              actions={
                <Link
                  to="/functions/$project/$name"
                  params={{ project, name: fn.label }}
                  search={{ tab: "deploy" }}
                  className={buttonClass({ variant: "primary" })}
                >
                  Deploy it
                </Link>
              }
            >
              Once it is deployed, what it writes with console.log is shown here as it is written.
            </EmptyState>
          </Card>
        ) : (
          <LogView
            // Another version is another log.
            key={version ?? "all"}
            project={project}
            fn={fn}
            versions={deployed.versions.map((each) => each.version)}
            version={version}
            find={find}
            onSearch={(next) => void navigate({ search: { tab: "logs", ...next }, replace: true, resetScroll: false })}
          />
        )
      }
    </QueryView>
  );
}
