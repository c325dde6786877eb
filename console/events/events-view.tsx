import { RotateCw } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { TraceCard } from "../invocations/trace-card.tsx";
import { IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Page } from "../ui/page.tsx";
import { Skeleton, SkeletonLines } from "../ui/skeleton.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { EventCharts } from "./event-charts.tsx";
import { EventFilters } from "./event-filters.tsx";
import { EventTable } from "./event-table.tsx";
import { LiveButton } from "./live-button.tsx";
import { type EventsSearch, type SearchChange, type TimeWindow, changed } from "./search.ts";
import { SourcesTable } from "./sources-table.tsx";
import { useFollowedList } from "./use-followed-list.ts";

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
  const hasType = type === undefined;
  const list = useFollowedList(project, asked, title);
  const { summary, rows, error, isFollowing, stream } = list;
  const { data } = summary;
  const { traceId } = search;
  const isWrong = error !== undefined && error !== null;
  const change = (what: SearchChange): void => onSearch(changed(search, what));
  const narrow = ({ since, until }: TimeWindow): void =>
    change({ since: new Date(since).toISOString(), until: new Date(until).toISOString() });

  return (
    <Page
      title={title}
      description={description}
      actions={
        <>
          {isFollowing && stream.state !== "failed" && (
            <LiveButton
              {...{ status: stream, isPaused: list.isPaused, missed: list.missed }}
              onToggle={() => list.setPaused(!list.isPaused)}
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
        sources={data?.sources ?? []}
        until={list.until}
        onChange={change}
      />
      {isWrong && <ErrorNotice error={error} title="The events cannot be listed" onRetry={list.retry} />}
      {traceId !== undefined && <TraceCard project={project} traceId={traceId} search={asked} />}
      {traceId === undefined && data !== undefined && <EventCharts summary={data} onSelect={narrow} />}
      {traceId === undefined && data === undefined && !isWrong && <Skeleton height="9rem" />}
      {!(isWrong && rows === undefined) && (
        <Tabs
          label="Views"
          value={search.view ?? "events"}
          onChange={(view) => change({ view: view === "sources" ? view : undefined })}
          tabs={[
            {
              value: "events",
              label: title,
              content: <EventTable {...{ project, search: asked, hasType, list }} label={title} onChange={change} />,
            },
            {
              value: "sources",
              label: hasType ? "By source" : "By function",
              content: (
                <Card isFlush={data !== undefined}>
                  {data === undefined ? (
                    <SkeletonLines count={6} />
                  ) : (
                    <SourcesTable sources={data.sources} onOpen={(source) => change({ source, view: undefined })} />
                  )}
                </Card>
              ),
            },
          ]}
        />
      )}
    </Page>
  );
}
