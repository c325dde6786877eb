import { ArrowUp } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { formatCount } from "../ui/format.ts";
import { eventColumns } from "./event-columns.tsx";
import { EventRows } from "./event-rows.tsx";
import { EventTotals } from "./event-totals.tsx";
import styles from "./events.module.css";
import { NoEvents } from "./no-events.tsx";
import { type EventsSearch, type SearchChange, changed } from "./search.ts";
import type { FollowedList } from "./use-followed-list.ts";

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
  const { missed, isStale, summary } = list;
  const box = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => eventColumns(project, search, { hasType }), [project, search, hasType]);
  const showNew = (): void => {
    box.current?.querySelector("[role=region]")?.scrollTo({ top: 0 });
    list.setAway(false);
    list.setPaused(false);
    // What came may be more than was told.
    list.reload();
  };
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
        <EventRows
          {...{ project, search, label, columns, list }}
          empty={<NoEvents search={changed(search, hasType ? {} : { type: undefined })} onChange={onChange} />}
        />
      </div>
    </Card>
  );
}
