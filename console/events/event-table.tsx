import { useNavigate } from "@tanstack/react-router";
import { ArrowUp } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatCount } from "../ui/format.ts";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { VirtualTable } from "../ui/virtual-table.tsx";
import { eventColumns } from "./event-columns.tsx";
import { rowKey } from "./event-row.ts";
import { EventTotals } from "./event-totals.tsx";
import styles from "./events.module.css";
import { NoEvents } from "./no-events.tsx";
import { type EventsSearch, type SearchChange, changed } from "./search.ts";
import type { FollowedList } from "./use-followed-list.ts";

/** Rows that are drawn above those in sight: further down, somebody reads. */
const AT_TOP = 4;

/** Events one by one: any number of them, and those that come. */
export function EventTable({
  project,
  search,
  label,
  hasType,
  list,
  onChange,
}: {
  readonly project: string;
  /** What the list is asked for. */
  readonly search: EventsSearch;
  readonly label: string;
  readonly hasType: boolean;
  readonly list: FollowedList;
  readonly onChange: (change: SearchChange) => void;
}): ReactNode {
  const { rows, missed, isStale, summary } = list;
  const box = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const columns = useMemo(() => eventColumns(project, search, { hasType }), [project, search, hasType]);
  const showNew = (): void => {
    box.current?.querySelector("[role=region]")?.scrollTo({ top: 0 });
    list.setAway(false);
    list.setPaused(false);
  };
  const table = rows !== undefined && (
    <VirtualTable
      label={label}
      columns={columns}
      rows={rows}
      rowKey={rowKey}
      onOpen={({ id }) => void navigate({ to: "/invocations/$project/$id", params: { project, id }, search })}
      onRange={(first, last) => {
        list.setAway(first > AT_TOP);
        list.want(first, last);
      }}
      empty={<NoEvents search={changed(search, hasType ? {} : { type: undefined })} onChange={onChange} />}
    />
  );
  return (
    <Card isFlush>
      {summary.data !== undefined && (summary.data.totals.total > 0 || missed > 0) && (
        <div className={styles["totals"]} data-stale={isStale || undefined}>
          <EventTotals totals={summary.data.totals} />
          {missed > 0 && (
            <Button size="small" icon={<ArrowUp aria-hidden="true" />} onClick={showNew}>
              Show {formatCount(missed)} new
            </Button>
          )}
        </div>
      )}
      <div ref={box} className={styles["rows"]} aria-busy={isStale || undefined}>
        {table || (
          <div className={styles["waiting"]}>
            <SkeletonLines count={8} label="The events are being listed" />
          </div>
        )}
      </div>
    </Card>
  );
}
