import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Disc } from "lucide-react";
import type { ReactNode } from "react";
import type { Project } from "../api/admin-types.ts";
import { useProjectApi } from "../api/api-context.tsx";
import { type EventRow, rowKey, toRow } from "../events/event-row.ts";
import { listEvents } from "../events/events-api.ts";
import { EventStatusMark } from "../events/statuses.tsx";
import { buttonClass } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import type { Column } from "../ui/column.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatMs } from "../ui/format.ts";
import { QueryView } from "../ui/query-view.tsx";
import { Table } from "../ui/table.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";
import { recordModeOf, sourceOf } from "./recording.ts";
import styles from "./service.module.css";

/** So many functions are asked for, and so many calls are shown. */
const MOST_SOURCES = 8;
const MOST_CALLS = 15;
const AGAIN_MS = 3_000;

/** The last calls of a service's functions, as far as they are recorded. */
export function RecentCalls({
  project,
  service,
  functions,
}: {
  readonly project: Project;
  readonly service: string;
  readonly functions: readonly string[];
}): ReactNode {
  const recorded = functions.filter((name) => recordModeOf(project, service, name) !== "off");
  return (
    <Card isFlush title="Recent calls" description={describe(functions, recorded)}>
      {recorded.length === 0 ? (
        <NothingRecorded project={project.id} service={service} name={functions[0] ?? "default"} />
      ) : (
        <RecordedCalls project={project.id} sources={recorded.map((name) => sourceOf(service, name))} />
      )}
    </Card>
  );
}

function describe(functions: readonly string[], recorded: readonly string[]): string | undefined {
  if (recorded.length === 0 || recorded.length === functions.length) return undefined;
  return `Of ${recorded.join(", ")}; calls of the other functions are not recorded.`;
}

function RecordedCalls({
  project,
  sources,
}: {
  readonly project: string;
  readonly sources: readonly string[];
}): ReactNode {
  const api = useProjectApi(project);
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ["service", "calls", project, sources],
    refetchInterval: AGAIN_MS,
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(
        sources
          .slice(0, MOST_SOURCES)
          .map((source) => listEvents(api, { source, type: "FUNCTION_INVOCATION", limit: MOST_CALLS }, signal)),
      );
      const rows = lists.flatMap(({ events }) => events.map(toRow));
      return rows.toSorted((a, b) => b.at - a.at).slice(0, MOST_CALLS);
    },
  });
  return (
    <div className={styles["calls"]}>
      <QueryView query={query} title="The recorded calls cannot be listed">
        {(rows) => (
          <Table
            label="Recent calls"
            columns={COLUMNS}
            rows={rows}
            rowKey={rowKey}
            onOpen={({ id }) => void navigate({ to: "/invocations/$project/$id", params: { project, id } })}
            empty={<EmptyState title="No call yet">Calls show up here as they are made.</EmptyState>}
          />
        )}
      </QueryView>
    </div>
  );
}

const COLUMNS: readonly Column<EventRow>[] = [
  { id: "status", header: "Status", cell: ({ status }) => <EventStatusMark status={status} isPlain />, isNoWrap: true },
  { id: "source", header: "Function", cell: ({ source }) => <code>{source}</code> },
  { id: "at", header: "When", cell: ({ at }) => <TimeAgo time={at} />, isNoWrap: true },
  { id: "took", header: "Took", align: "number", cell: ({ durationMs }) => formatMs(durationMs) },
  { id: "error", header: "Error", cell: ({ error }) => error?.message ?? "", isNoWrap: true },
];

function NothingRecorded({
  project,
  service,
  name,
}: {
  readonly project: string;
  readonly service: string;
  readonly name: string;
}): ReactNode {
  const yaml = [
    `${service}:`,
    "  functions:",
    `    ${name}:`,
    "      rule: authenticated",
    "      record: result # or full",
  ];
  return (
    <EmptyState
      icon={<Disc aria-hidden="true" />}
      title="Calls of this service are not recorded"
      actions={
        <Link to="/rules/$project" params={{ project }} className={buttonClass()}>
          Go to the rules
        </Link>
      }
    >
      <p>
        Give a function <code>record: result</code> to keep status, duration and errors of its calls, or{" "}
        <code>record: full</code> to keep what was sent and answered, too.
      </p>
      <div className={styles["snippet"]}>
        <CodeBlock language="yaml" title="fmesh.yaml" code={yaml.join("\n")} />
      </div>
    </EmptyState>
  );
}
