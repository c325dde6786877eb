import { Link } from "@tanstack/react-router";
import { Globe, Lock, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { useProjects } from "../session/projects.ts";
import { ruleEntryOf } from "./rule-entry.ts";
import styles from "./service.module.css";

/** Who may call, in words; leads to the rule. */
export function WhoMayCall({
  project,
  service,
  name,
  rule,
  isHouse,
}: {
  readonly project: string;
  readonly service: string;
  readonly name: string;
  readonly rule: FunctionView["rule"];
  readonly isHouse: boolean;
}): ReactNode {
  const { data } = useProjects();
  const configured = data?.projects.find(({ id }) => id === project);
  if (rule === null && isHouse) return <span className={styles["rule"]}>the mesh itself</span>;
  const Icon = rule === null ? Lock : rule.isOpen ? Globe : ShieldCheck;
  return (
    <Link
      to="/rules/$project"
      search={ruleEntryOf(configured, service, name) ?? {}}
      params={{ project }}
      className={styles["rule"]}
      data-closed={rule === null || undefined}
    >
      <Icon aria-hidden="true" />
      <span>{rule === null ? "nobody: no rule allows it" : rule.words}</span>
    </Link>
  );
}
