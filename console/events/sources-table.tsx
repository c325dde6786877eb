import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import type { SourceFigures } from "../../mesh/event-summary.ts";
import type { Column } from "../ui/column.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatCount, formatMs, formatShare } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";
import styles from "./events.module.css";

const COLUMNS: readonly Column<SourceFigures>[] = [
  {
    id: "source",
    header: "Function",
    sortBy: ({ source }) => source,
    cell: ({ source }) => <span className={styles["code"]}>{source}</span>,
  },
  number("total", "Events", ({ total }) => total, formatCount),
  number("failed", "Failed", ({ failed }) => failed, formatCount),
  {
    ...number("share", "Failure rate", failureShare, formatShare),
    cell: (figures) => (
      <span className={styles["share"]}>
        <meter min={0} max={1} value={failureShare(figures)} aria-hidden="true" />
        {formatShare(failureShare(figures))}
      </span>
    ),
  },
  number("p50", "p50", ({ p50Ms }) => p50Ms ?? -1, formatDuration),
  number("p99", "p99", ({ p99Ms }) => p99Ms ?? -1, formatDuration),
  number("max", "Longest", ({ maxMs }) => maxMs ?? -1, formatDuration),
];

/** Which function fails most, and which takes longest. */
export function SourcesTable({
  sources,
  onOpen,
}: {
  readonly sources: readonly SourceFigures[];
  readonly onOpen: (source: string) => void;
}): ReactNode {
  return (
    <Table
      label="Functions"
      columns={COLUMNS}
      rows={sources}
      rowKey={({ source }) => source}
      onOpen={({ source }) => onOpen(source)}
      initialSorting={{ column: "failed", isDescending: true }}
      empty={
        <EmptyState icon={<Inbox aria-hidden="true" />} title="Nothing was recorded in this time">
          Choose a longer time above.
        </EmptyState>
      }
    />
  );
}

function number(
  id: string,
  header: string,
  valueOf: (figures: SourceFigures) => number,
  format: (value: number) => string,
): Column<SourceFigures> {
  return { id, header, align: "number", sortBy: valueOf, cell: (figures) => format(valueOf(figures)) };
}

function failureShare({ failed, total }: SourceFigures): number {
  return total === 0 ? 0 : failed / total;
}

function formatDuration(ms: number): string {
  return formatMs(ms < 0 ? null : ms);
}
