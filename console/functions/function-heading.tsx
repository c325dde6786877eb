import type { ReactNode } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { Badge } from "../ui/badge.tsx";
import { CopyText } from "../ui/copy.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";
import { FunctionStatus } from "./function-status.tsx";
import styles from "./functions.module.css";

interface Props {
  readonly fn: StoredFunction;
}

/** A function's name, how it stands, and its latest version. */
export function FunctionHeading({ fn }: Props): ReactNode {
  return (
    <span className={styles["heading"]}>
      {fn.label}
      <FunctionStatus fn={fn} />
      <Badge title="The latest version">v{fn.version}</Badge>
    </span>
  );
}

/** What it is for, where it is called, and when it changed. */
export function FunctionFacts({ fn }: Props): ReactNode {
  return (
    <span className={styles["facts"]}>
      {fn.description !== "" && <span>{fn.description}</span>}
      {fn.url !== undefined && <CopyText text={fn.url}>{fn.url}</CopyText>}
      <span>
        changed <TimeAgo time={fn.updatedAt} />
      </span>
    </span>
  );
}
