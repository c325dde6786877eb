import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ConditionMark } from "../functions/detail/condition.tsx";
import { Status } from "../ui/badge.tsx";
import type { Asleep } from "./asleep.ts";
import styles from "./unserved-list.module.css";

/** Functions that are deployed and have no instance now, each a link to its page. */
export function AsleepList({ functions }: { readonly functions: readonly Asleep[] }): ReactNode {
  return (
    <ul className={styles["list"]} aria-label="Functions that are asleep">
      {functions.map((fn) => (
        <li key={`${fn.project}/${fn.name}`} className={styles["row"]}>
          <div className={styles["head"]}>
            <Link
              to="/functions/$project/$name"
              params={{ project: fn.project, name: fn.name }}
              className={styles["name"]}
            >
              {fn.name}
            </Link>
          </div>
          <p className={styles["advice"]}>
            <AsleepMark fn={fn} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function AsleepMark({ fn }: { readonly fn: Asleep }): ReactNode {
  return fn.state === "ready" ? (
    <Status tone="neutral" isPlain>
      asleep, starts with a call
    </Status>
  ) : (
    <ConditionMark condition={fn} isPlain />
  );
}
