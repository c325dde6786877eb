import type { ReactNode } from "react";
import type { InstanceView } from "../../mesh/mesh-view.ts";
import { Status } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import type { Column } from "../ui/column.ts";
import { CopyText } from "../ui/copy.tsx";
import { Table } from "../ui/table.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";

const COLUMNS: readonly Column<InstanceView>[] = [
  { id: "id", header: "Instance", cell: ({ id }) => <CopyText text={id} /> },
  { id: "version", header: "Version", cell: ({ version }) => version, sortBy: ({ version }) => version },
  {
    id: "started",
    header: "Started",
    cell: ({ started }) => (started === "" ? "–" : <TimeAgo time={started} />),
    sortBy: ({ started }) => started,
    isNoWrap: true,
  },
  {
    id: "state",
    header: "State",
    isNoWrap: true,
    cell: ({ isSilent }) =>
      isSilent ? (
        <Status tone="warning" isPlain title="It did not answer the last time; it may be busy, or gone">
          silent
        </Status>
      ) : (
        <Status tone="good" isPlain>
          answers
        </Status>
      ),
  },
];

/** The processes that serve a service. */
export function InstanceTable({ instances }: { readonly instances: readonly InstanceView[] }): ReactNode {
  return (
    <Card isFlush title="Instances">
      <Table label="Instances" columns={COLUMNS} rows={instances} rowKey={({ id }) => id} />
    </Card>
  );
}
