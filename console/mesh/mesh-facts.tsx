import { Network, Server } from "lucide-react";
import type { ReactNode } from "react";
import type { GatewayView } from "../../mesh/mesh-view.ts";
import { Badge, Status } from "../ui/badge.tsx";
import { CopyText } from "../ui/copy.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";
import styles from "./mesh-facts.module.css";

/** Which gateway this is, and which broker is behind it. */
export function MeshFacts({ gateway }: { readonly gateway: GatewayView }): ReactNode {
  const { version, startedAt, broker } = gateway;
  return (
    <dl className={styles["facts"]}>
      <div className={styles["fact"]}>
        <dt>
          <Server aria-hidden="true" />
          Gateway
        </dt>
        <dd>
          <CopyText text={location.origin} />
          <Badge>{version}</Badge>
          <span className={styles["note"]}>
            started <TimeAgo time={startedAt} />
          </span>
        </dd>
      </div>
      <div className={styles["fact"]}>
        <dt>
          <Network aria-hidden="true" />
          Broker
        </dt>
        <dd>
          <CopyText text={broker.url} />
          <Status isPlain tone={broker.status === "connected" ? "good" : "bad"}>
            {broker.status}
          </Status>
        </dd>
      </div>
    </dl>
  );
}
