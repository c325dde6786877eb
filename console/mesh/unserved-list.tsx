import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { CopyText } from "../ui/copy.tsx";
import { Status } from "../ui/badge.tsx";
import styles from "./unserved-list.module.css";
import type { Unserved } from "./unserved.ts";

/** Services that rules name and nobody serves, each with what to do. */
export function UnservedList({ services }: { readonly services: readonly Unserved[] }): ReactNode {
  return (
    <ul className={styles["list"]} aria-label="Services that nobody serves">
      {services.map((service) => (
        <li key={`${service.project}/${service.name}`} className={styles["row"]}>
          <div>
            <div className={styles["head"]}>
              <Link
                to="/services/$project/$service"
                params={{ project: service.project, service: service.name }}
                className={styles["name"]}
              >
                {service.name}
              </Link>
              <Status tone="warning" isPlain>
                nobody serves it
              </Status>
            </div>
            <p className={styles["functions"]}>
              {service.functions.map(({ name }) => name).join(", ") || "any function"}
            </p>
          </div>
          <UnservedAdvice service={service} />
        </li>
      ))}
    </ul>
  );
}

/** What makes somebody serve it. */
export function UnservedAdvice({ service: { project, name, isHouse } }: { readonly service: Unserved }): ReactNode {
  if (isHouse) {
    return (
      <p className={styles["advice"]}>
        A part of the mesh itself. <code>fmesh up</code> runs it; on a broker of its own{" "}
        <CopyText text={name === "functions" ? "fmesh functions-service" : `fmesh ${name}`} /> does.
      </p>
    );
  }
  return (
    <p className={styles["advice"]}>
      Start its worker: <CopyText text={`fmesh worker ${name}.ts`} />. A{" "}
      <Link to="/functions/$project" params={{ project }}>
        stored function
      </Link>{" "}
      of this name is here once it is deployed and called.
    </p>
  );
}
