import { Link } from "@tanstack/react-router";
import { ChevronRight, Play } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { Status } from "../ui/badge.tsx";
import { buttonClass } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { formatMs, formatRate } from "../ui/format.ts";
import { FunctionDetails } from "./function-details.tsx";
import { WhoMayCall } from "./who-may-call.tsx";
import styles from "./service.module.css";
import { shortTypeText } from "./type-text.ts";

/** One function: its signature, its numbers, who may call it; open, also all the rest. */
export function FunctionItem({
  project,
  service,
  isHouse,
  view,
  isOpen,
  onToggle,
}: {
  readonly project: string;
  readonly service: string;
  readonly isHouse: boolean;
  readonly view: FunctionView;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const { name, description, receives, inputSchema, outputSchema, callsPerSecond, errorsPerSecond, p50Ms, p99Ms } =
    view;
  const id = useId();
  const takes = receives === "value" ? shortTypeText(inputSchema) : receives;
  const hasErrors = (errorsPerSecond ?? 0) > 0;
  return (
    <li className={styles["item"]} data-open={isOpen || undefined}>
      <div className={styles["itemHead"]}>
        <button type="button" className={styles["toggle"]} aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
          <ChevronRight aria-hidden="true" />
          <span className={styles["title"]}>
            <span className={styles["functionName"]}>{name}</span>
            <span className={styles["signature"]}>
              ({takes}) → {shortTypeText(outputSchema)}
            </span>
            {description !== "" && <span className={styles["about"]}>{description}</span>}
          </span>
        </button>
        <dl className={styles["numbers"]}>
          <Number name="Calls/s" value={formatRate(callsPerSecond)} />
          <Number name="Errors/s" value={formatRate(errorsPerSecond)} isBad={hasErrors} />
          <Number name="p50" value={formatMs(p50Ms)} />
          <Number name="p99" value={formatMs(p99Ms)} />
        </dl>
        <WhoMayCall project={project} service={service} name={name} rule={view.rule} isHouse={isHouse} />
        {isHouse ? (
          <Status tone="neutral" isPlain>
            house
          </Status>
        ) : (
          <Link
            to="/playground/$project"
            params={{ project }}
            search={{ service, function: name }}
            className={buttonClass({ size: "small" })}
            aria-label={`Try ${name} in the playground`}
          >
            <Play aria-hidden="true" />
            Try
          </Link>
        )}
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <FunctionDetails project={project} service={service} view={view} />}
      </div>
    </li>
  );
}

function Number({
  name,
  value,
  isBad = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={classNames(isBad && styles["bad"])}>{value}</dd>
    </div>
  );
}
