import { useNavigate } from "@tanstack/react-router";
import { ArrowUp, RotateCw } from "lucide-react";
import { type ReactNode, useMemo, useRef } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { formatCount, formatMs, formatShare } from "../ui/format.ts";
import { Page } from "../ui/page.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { VirtualTable } from "../ui/virtual-table.tsx";
import { TraceCard } from "../invocations/trace-card.tsx";
import { EventCharts } from "./event-charts.tsx";
import { eventColumns } from "./event-columns.tsx";
import { EventFilters } from "./event-filters.tsx";
import { rowKey } from "./event-row.ts";
import styles from "./events.module.css";
import { LiveButton } from "./live-button.tsx";
import { NoEvents } from "./no-events.tsx";
import { type EventsSearch, type SearchChange, changed } from "./search.ts";
import { SourcesTable } from "./sources-table.tsx";
import { useFollowedList } from "./use-followed-list.ts";

/** Rows that are drawn above those in sight: further down, somebody reads. */
const AT_TOP = 4;

/** Events over time, one by one and by function. */
export function EventsView({
  project,
  search,
  title,
  description,
  type,
  onSearch,
}: {
  readonly project: string;
  readonly search: EventsSearch;
  readonly title: string;
  readonly description: string;
  /** Only events of this type. */
  readonly type?: string;
  readonly onSearch: (search: EventsSearch) => void;
}): ReactNode {
  const asked = useMemo(() => (type === undefined ? search : { ...search, type }), [search, type]);
  const list = useFollowedList(project, asked);
  const { summary, rows, missed, isFollowing, isPaused } = list;
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const hasType = type === undefined;
  const columns = useMemo(() => eventColumns(project, asked, { hasType }), [project, asked, hasType]);
  const change = (what: SearchChange): void => onSearch(changed(search, what));
  const showNew = (): void => {
    box.current?.querySelector("[role=region]")?.scrollTo({ top: 0 });
    list.setAway(false);
    list.setPaused(false);
  };
  const totals = summary.data?.totals;

  return (
    <Page
      title={title}
      description={description}
      actions={
        <>
          {isFollowing && (
            <LiveButton
              {...{ status: list.stream, isPaused, missed }}
              onToggle={() => (isPaused ? showNew() : list.setPaused(true))}
            />
          )}
          <IconButton
            label="Load again"
            variant="secondary"
            icon={<RotateCw aria-hidden="true" />}
            onClick={list.reload}
          />
        </>
      }
    >
      <EventFilters
        {...{ project, search, hasType }}
        until={list.until}
        sources={summary.data?.sources ?? []}
        onChange={change}
      />
      {list.error !== undefined && list.error !== null && (
        <ErrorNotice error={list.error} title="The events cannot be listed" onRetry={list.retry} />
      )}
      {search.traceId !== undefined && <TraceCard project={project} traceId={search.traceId} search={asked} />}
      {search.traceId === undefined &&
        (summary.data === undefined ? (
          !summary.isError && <Skeleton height="11rem" />
        ) : (
          <EventCharts
            summary={summary.data}
            onSelect={({ since, until }) =>
              change({ since: new Date(since).toISOString(), until: new Date(until).toISOString() })
            }
          />
        ))}
      <Tabs
        label="Views"
        value={search.view ?? "events"}
        onChange={(view) => change({ view: view === "sources" ? view : undefined })}
        tabs={[
          {
            value: "events",
            label: hasType ? "Events" : "Invocations",
            content: (
              <Card isFlush className={styles["list"]}>
                {totals !== undefined && (
                  <p className={styles["totals"]} data-stale={list.isStale || undefined}>
                    <span>
                      <b>{totals.total.toLocaleString("en")}</b> in this time
                    </span>
                    <span>{formatShare(totals.total === 0 ? 0 : totals.failed / totals.total)} failed</span>
                    {totals.pending > 0 && <span>{formatCount(totals.pending)} pending</span>}
                    <span>p50 {formatMs(totals.p50Ms)}</span>
                    <span>p99 {formatMs(totals.p99Ms)}</span>
                  </p>
                )}
                <div ref={box} className={styles["rows"]} aria-busy={list.isStale || undefined}>
                  {missed > 0 && (
                    <div className={styles["news"]}>
                      <Button size="small" icon={<ArrowUp aria-hidden="true" />} onClick={showNew}>
                        Show {formatCount(missed)} new
                      </Button>
                    </div>
                  )}
                  {rows === undefined ? (
                    list.error === undefined && <SkeletonLines count={8} label="The events are being listed" />
                  ) : (
                    <VirtualTable
                      label={title}
                      columns={columns}
                      rows={rows}
                      rowKey={rowKey}
                      onOpen={({ id }) =>
                        void navigate({ to: "/invocations/$project/$id", params: { project, id }, search: asked })
                      }
                      onRange={(first, last) => {
                        list.setAway(first > AT_TOP);
                        list.want(first, last);
                      }}
                      empty={<NoEvents search={search} onChange={change} />}
                    />
                  )}
                </div>
              </Card>
            ),
          },
          {
            value: "sources",
            label: hasType ? "By source" : "By function",
            content: (
              <Card isFlush>
                {summary.data === undefined ? (
                  <SkeletonLines count={6} />
                ) : (
                  <SourcesTable
                    sources={summary.data.sources}
                    onOpen={(source) => change({ source, view: undefined })}
                  />
                )}
              </Card>
            ),
          },
        ]}
      />
    </Page>
  );
}
