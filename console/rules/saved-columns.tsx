import { Status } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import type { Column } from "../ui/column.ts";
import { formatBytes } from "../ui/format.ts";
import { TimeAgo } from "../ui/time-ago.tsx";
import type { SavedText } from "./config-api.ts";

/** What is shown of a text that was saved. */
export function savedColumns(onOpen: (saved: SavedText) => void): readonly Column<SavedText>[] {
  return [
    { id: "at", header: "Saved", cell: ({ at }) => <TimeAgo time={at} />, isNoWrap: true },
    { id: "by", header: "By", cell: ({ by }) => by },
    {
      id: "state",
      header: "State",
      cell: ({ isCurrent }) => (isCurrent ? <Status tone="good">In force</Status> : null),
    },
    { id: "bytes", header: "Size", align: "number", cell: ({ bytes }) => formatBytes(bytes) },
    {
      id: "open",
      header: <span className="visually-hidden">Open</span>,
      align: "end",
      cell: (row) => (
        <Button size="small" onClick={() => onOpen(row)}>
          {row.isCurrent ? "View" : "Compare"}
        </Button>
      ),
    },
  ];
}
