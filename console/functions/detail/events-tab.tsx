import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { EventCharts } from "../../events/event-charts.tsx";
import { eventColumns } from "../../events/event-columns.tsx";
import { EventRows } from "../../events/event-rows.tsx";
import { LiveButton } from "../../events/live-button.tsx";
import { RANGES, type EventsSearch, type Range, STATUSES, type Status } from "../../events/search.ts";
import { STATUS_WORDS } from "../../events/statuses.tsx";
import { useFollowedList } from "../../events/use-followed-list.ts";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import layout from "../../ui/layout.module.css";
import { Segments } from "../../ui/segments.tsx";
import { Select } from "../../ui/select.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Toolbar } from "../../ui/toolbar.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** What the list is called. */
const LIST = "Invocations";

/** The invocations of a function, as they come. */
export function EventsTab({ project, fn }: FunctionTabProps): ReactNode {
  const [range, setRange] = useState<Range>("1h");
  const [status, setStatus] = useState<Status>();
  const search = useMemo<EventsSearch>(
    () => ({ source: fn.label, range, ...(status !== undefined && { status }) }),
    [fn.label, range, status],
  );
  const list = useFollowedList(project, search, LIST);
  const navigate = useNavigate();
  const columns = useMemo(
    () => eventColumns(project, search, { hasType: false }).filter(({ id }) => id !== "source"),
    [project, search],
  );
  const { rows, summary, isPaused, missed } = list;

  return (
    <div className={layout["stack"]}>
      <Toolbar label="Filters">
        <Segments<Range>
          label="Time"
          options={(Object.keys(RANGES) as Range[]).map((value) => ({ value, label: value }))}
          value={range}
          onChange={setRange}
        />
        <Select
          prefix="Status"
          label="Status"
          options={[
            { value: "any", label: "any" },
            ...STATUSES.map((value) => ({ value, label: STATUS_WORDS[value].word })),
          ]}
          value={status ?? "any"}
          onChange={(next) => setStatus(next === "any" ? undefined : next)}
        />
        <LiveButton
          {...{ status: list.stream, isPaused, missed }}
          onToggle={() => {
            if (isPaused) list.setAway(false);
            list.setPaused(!isPaused);
          }}
        />
        <Link to="/invocations/$project" params={{ project }} search={search} className={buttonClass({})}>
          All filters
        </Link>
      </Toolbar>
      {list.error !== undefined && list.error !== null && (
        <ErrorNotice error={list.error} title="The invocations cannot be listed" onRetry={list.retry} />
      )}
      {summary.data === undefined
        ? !summary.isError && <Skeleton height="11rem" />
        : summary.data.totals.total > 0 && (
            <EventCharts
              summary={summary.data}
              onSelect={({ since, until }) => {
                const times = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
                void navigate({ to: "/invocations/$project", params: { project }, search: { ...search, ...times } });
              }}
            />
          )}
      <Card isFlush>
        {(rows !== undefined || list.error === undefined) && (
          <EventRows
            {...{ project, search, columns, list }}
            label={LIST}
            height="max(16rem, calc(100dvh - 32rem))"
            empty={<NoInvocations project={project} fn={fn} isNarrow={status !== undefined} />}
          />
        )}
      </Card>
    </div>
  );
}

function NoInvocations({ project, fn, isNarrow }: FunctionTabProps & { readonly isNarrow: boolean }): ReactNode {
  return (
    <EmptyState
      title={isNarrow ? "No invocation has this status" : "Not called in this time"}
      actions={
        <Link
          to="/functions/$project/$name"
          params={{ project, name: fn.label }}
          search={{ tab: "invoke" }}
          className={buttonClass({ variant: "primary" })}
        >
          Call
        </Link>
      }
    >
      Calls by its id are recorded by themselves; those through the mesh where the configuration says{" "}
      <code>record</code>, as <code>{fn.label}.handler</code>.
    </EmptyState>
  );
}
