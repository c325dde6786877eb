import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { useListKeys } from "../ui/use-list-keys.ts";
import { type LiveMesh, serviceKey } from "./live-mesh.ts";
import styles from "./service-list.module.css";
import { ServiceRow } from "./service-row.tsx";

/** Services below each other, with their numbers in columns where there is room for columns. */
export function ServiceList({
  label,
  mesh,
  services,
  hasProjects,
  hasListKeys = false,
}: {
  readonly label: string;
  readonly mesh: LiveMesh;
  readonly services: readonly ServiceView[];
  /** Whether they are of several projects. */
  readonly hasProjects: boolean;
  readonly hasListKeys?: boolean;
}): ReactNode {
  const navigate = useNavigate();
  const open = (index: number): void => {
    const service = services[index];
    if (service === undefined || service.project === null) return;
    void navigate({ to: "/services/$project/$service", params: { project: service.project, service: service.name } });
  };
  const { index: current } = useListKeys({ count: services.length, onOpen: open, isOn: hasListKeys });
  return (
    <div className={styles["list"]}>
      <div className={styles["columns"]} aria-hidden="true">
        <span>Service</span>
        <span>Instances</span>
        <span className={styles["metric"]}>Calls/s</span>
        <span className={styles["metric"]}>Errors/s</span>
        <span className={styles["metric"]}>p50</span>
        <span className={styles["metric"]}>p99</span>
      </div>
      <ul aria-label={label}>
        {services.map((service, index) => (
          <ServiceRow
            key={serviceKey(service)}
            service={service}
            series={mesh.series.get(serviceKey(service))}
            hasProject={hasProjects}
            isCurrent={hasListKeys && index === current}
          />
        ))}
      </ul>
    </div>
  );
}
