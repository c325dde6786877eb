import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { Badge } from "../ui/badge.tsx";
import { classNames } from "../ui/class-names.ts";
import styles from "./service-list.module.css";

/** So many are named; the others are on the service's page. */
const MOST_NAMES = 8;

/** The functions of a service, each a link to where it is described. Those that nobody may call are crossed out. */
export function FunctionNames({
  service: { project, name: service, isHouse, functions },
}: {
  readonly service: Pick<ServiceView, "project" | "name" | "isHouse" | "functions">;
}): ReactNode {
  const shown = functions.slice(0, MOST_NAMES);
  return (
    <ul className={styles["functions"]} aria-label={`Functions of ${service}`}>
      {shown.map(({ name, rule }) => (
        <li key={name}>
          {project === null ? (
            <code>{name}</code>
          ) : (
            <Link
              to="/services/$project/$service"
              params={{ project, service }}
              search={{ function: name }}
              className={classNames(styles["function"], rule === null && !isHouse && styles["closed"])}
              title={rule === null ? `${name}: nobody may call it from outside` : `${name}: for ${rule.words}`}
            >
              {name}
            </Link>
          )}
        </li>
      ))}
      {functions.length > shown.length && (
        <li>
          <Badge>{functions.length - shown.length} more</Badge>
        </li>
      )}
    </ul>
  );
}
