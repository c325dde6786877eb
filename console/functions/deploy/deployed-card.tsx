import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { DeployedFunction, Home } from "../../../mesh/deployment.ts";
import { useSession } from "../../session/session-context.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { ConditionMark, ConditionNotice } from "../detail/condition.tsx";
import { TrafficBar } from "../detail/traffic-bar.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import styles from "./deploy.module.css";
import { DeployedVersions } from "./deployed-versions.tsx";
import { UndeployDialog } from "./undeploy-dialog.tsx";

const HOMES: Readonly<Record<Home, string>> = {
  local: "Processes on the deployer’s machine",
  knative: "Knative, in the cluster",
};

/** What runs of a function at the moment. */
export function DeployedCard({
  project,
  fn,
  deployment,
}: FunctionTabProps & { readonly deployment: UseQueryResult<DeployedFunction | null> }): ReactNode {
  const { can } = useSession();
  const [isAsking, setAsking] = useState(false);
  const { data } = deployment;
  const isDeployed = data !== undefined && data !== null;
  return (
    <Card
      title="What runs"
      {...(isDeployed && {
        description: HOMES[data.home],
        actions: (
          <>
            <ConditionMark condition={data} />
            {can("change") && (
              <Button size="small" onClick={() => setAsking(true)}>
                Undeploy…
              </Button>
            )}
          </>
        ),
      })}
    >
      <QueryView query={deployment} title="The deployer does not say what runs">
        {(deployed) =>
          deployed === null ? (
            <EmptyState title="Nothing runs">Deploy a version: its instances are shown here.</EmptyState>
          ) : (
            <div className={layout["stack"]}>
              <ConditionNotice condition={deployed} />
              <TrafficBar traffic={deployed.traffic} />
              <div className={styles["bleed"]}>
                <DeployedVersions deployed={deployed} />
              </div>
            </div>
          )
        }
      </QueryView>
      <UndeployDialog project={project} fn={fn} isOpen={isAsking} onClose={() => setAsking(false)} />
    </Card>
  );
}
