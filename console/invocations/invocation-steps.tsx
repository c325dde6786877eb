import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp } from "lucide-react";
import type { ReactNode } from "react";
import type { EventRow } from "../events/event-row.ts";
import { withinList } from "../events/list-place.ts";
import type { EventsSearch } from "../events/search.ts";
import { IconButton, buttonClass } from "../ui/button.tsx";
import type { Neighbours } from "./neighbours.ts";
import styles from "./invocation.module.css";

/** To the events beside one, in the list that it was opened from. */
export function InvocationSteps({
  project,
  search,
  neighbours: { newer, older },
}: {
  readonly project: string;
  readonly search: EventsSearch;
  readonly neighbours: Neighbours;
}): ReactNode {
  return (
    <nav aria-label="In the list" className={styles["steps"]}>
      <Step {...{ project, search }} row={newer} label="Newer" icon={<ChevronUp aria-hidden="true" />} />
      <Step {...{ project, search }} row={older} label="Older" icon={<ChevronDown aria-hidden="true" />} />
    </nav>
  );
}

function Step({
  project,
  search,
  row,
  label,
  icon,
}: {
  readonly project: string;
  readonly search: EventsSearch;
  readonly row: EventRow | undefined;
  readonly label: string;
  readonly icon: ReactNode;
}): ReactNode {
  if (row === undefined) return <IconButton label={`${label}: none`} variant="secondary" icon={icon} disabled />;
  return (
    <Link
      to="/invocations/$project/$id"
      params={{ project, id: row.id }}
      search={search}
      state={withinList}
      className={`${buttonClass()} ${styles["step"]}`}
      aria-label={label}
      title={`${label} (${label === "Newer" ? "k" : "j"})`}
    >
      {icon}
    </Link>
  );
}
