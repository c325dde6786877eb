import type { ReactNode } from "react";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import type { Column } from "../../ui/column.ts";
import { formatMs } from "../../ui/format.ts";
import { Table } from "../../ui/table.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { CallStatus } from "./call-answer.tsx";
import type { MadeCall } from "./call-function.ts";
import styles from "./invoke.module.css";

/** Calls that were made from here; one that is chosen is shown, and can be made again. */
export function CallHistory({
  made,
  shown,
  onShow,
  onForget,
}: {
  readonly made: readonly MadeCall[];
  readonly shown: number | undefined;
  readonly onShow: (call: MadeCall) => void;
  readonly onForget: () => void;
}): ReactNode {
  if (made.length === 0) return null;
  return (
    <Card
      title="Calls from here"
      isFlush
      actions={
        <Button size="small" onClick={onForget}>
          Forget them
        </Button>
      }
    >
      <Table
        label="Calls from here"
        columns={columnsFor(shown, onShow)}
        rows={made}
        rowKey={({ key }) => String(key)}
        onOpen={onShow}
      />
    </Card>
  );
}

function columnsFor(shown: number | undefined, onShow: (call: MadeCall) => void): readonly Column<MadeCall>[] {
  return [
    { id: "status", header: "Status", cell: (call) => <CallStatus answer={call} isPlain /> },
    {
      id: "params",
      header: "Sent",
      cell: (call) => (
        <button
          type="button"
          className={styles["sent"]}
          aria-current={call.key === shown || undefined}
          title="Show its answer"
          onClick={() => onShow(call)}
        >
          {call.params.replaceAll(/\s+/g, " ").trim() || "nothing"}
        </button>
      ),
    },
    { id: "took", header: "Took", align: "number", cell: ({ durationMs }) => formatMs(durationMs) },
    { id: "when", header: "When", align: "end", isNoWrap: true, cell: ({ at }) => <TimeAgo time={at} /> },
  ];
}
