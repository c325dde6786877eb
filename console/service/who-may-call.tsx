import { Link } from "@tanstack/react-router";
import { Globe, Lock, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import styles from "./service.module.css";

/** Who may call, in words; leads to the rule. */
export function WhoMayCall({
  project,
  rule,
  isHouse,
}: {
  readonly project: string;
  readonly rule: FunctionView["rule"];
  readonly isHouse: boolean;
}): ReactNode {
  if (rule === null && isHouse) return <span className={styles["rule"]}>the mesh itself</span>;
  const Icon = rule === null ? Lock : rule.isOpen ? Globe : ShieldCheck;
  return (
    <Link to="/rules/$project" params={{ project }} className={styles["rule"]} data-closed={rule === null || undefined}>
      <Icon aria-hidden="true" />
      <span>{rule === null ? "nobody: no rule allows it" : rule.words}</span>
    </Link>
  );
}
