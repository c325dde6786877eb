import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { Badge } from "../ui/badge.tsx";
import { formatMs, formatRate } from "../ui/format.ts";
import { FunctionNames } from "./function-names.tsx";
import { InstanceDots } from "./instance-dots.tsx";
import { type ServiceSeries, numbersOf } from "./live-mesh.ts";
import { Metric } from "./metric.tsx";
import styles from "./service-list.module.css";

/** One service: what it is, who serves it, and how it does. All of the row leads to its page. */
export function ServiceRow({
  service,
  series,
  hasProject,
  isCurrent,
}: {
  readonly service: ServiceView;
  readonly series: ServiceSeries | undefined;
  readonly hasProject: boolean;
  readonly isCurrent: boolean;
}): ReactNode {
  const { project, name, description, versions, instances } = service;
  const numbers = numbersOf(service);
  const hasErrors = series?.errorsPerSecond.some((value) => value !== null && value > 0) === true;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  return (
    <li ref={row} className={styles["row"]} data-current={isCurrent || undefined}>
      <div className={styles["what"]}>
        <div className={styles["head"]}>
          <span className={styles["name"]}>
            {hasProject && <span className={styles["project"]}>{project ?? "no project"} / </span>}
            {project === null ? (
              name
            ) : (
              <Link to="/services/$project/$service" params={{ project, service: name }} className={styles["link"]}>
                {name}
              </Link>
            )}
          </span>
          {versions.map((version) => (
            <Badge key={version}>{version}</Badge>
          ))}
        </div>
        {description !== "" && <p className={styles["description"]}>{description}</p>}
        <FunctionNames service={service} />
      </div>
      <InstanceDots instances={instances} />
      <Metric name="Calls/s" value={formatRate(numbers.callsPerSecond)} values={series?.callsPerSecond} />
      <Metric
        name="Errors/s"
        value={formatRate(numbers.errorsPerSecond)}
        values={series?.errorsPerSecond}
        tone={hasErrors ? "bad" : "neutral"}
        isBad={(numbers.errorsPerSecond ?? 0) > 0}
      />
      <Metric name="p50" value={formatMs(numbers.p50Ms)} values={series?.p50Ms} tone="neutral" />
      <Metric name="p99" value={formatMs(numbers.p99Ms)} values={series?.p99Ms} tone="neutral" />
    </li>
  );
}
