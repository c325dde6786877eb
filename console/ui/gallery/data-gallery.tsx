import type { ReactNode } from "react";
import { Status } from "../badge.tsx";
import { Card } from "../card.tsx";
import { CodeBlock, JsonBlock } from "../code-block.tsx";
import type { Column } from "../column.ts";
import { CopyText } from "../copy.tsx";
import { Facts, Stats } from "../facts.tsx";
import { formatMs, formatRate } from "../format.ts";
import { Sparkline } from "../sparkline.tsx";
import { Table } from "../table.tsx";
import { TimeAgo } from "../time-ago.tsx";
import { TimeChart } from "../time-chart.tsx";
import { useToasts } from "../toast.tsx";
import { VirtualTable } from "../virtual-table.tsx";
import styles from "./gallery.module.css";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly status: number;
  readonly ms: number;
  readonly at: number;
}

const NAMES = ["arithmetic.sum", "billing.charge", "images.resize", "mail.send"];
const START = Date.now();
const wave = (length: number, shift: number): number[] =>
  Array.from({ length }, (_, at) =>
    Math.max(0, 40 + 25 * Math.sin((at + shift) / 9) + 12 * Math.sin(at * 1.7 + shift)),
  );
const rowAt = (at: number): Row => ({
  id: `run-${at}`,
  name: NAMES[at % NAMES.length] ?? "",
  status: at % 13 === 5 ? 500 : 200,
  ms: 0.4 + ((at * 7919) % 1000) / 3,
  at: START - at * 1300,
});
const ROWS = Array.from({ length: 100_000 }, (_, at) => rowAt(at));
const TIMES = Array.from({ length: 120 }, (_, at) => START - (120 - at) * 2500);
const CALLS = wave(120, 3);

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "name",
    header: "Function",
    cell: ({ name }) => <code>{name}</code>,
    sortBy: ({ name }) => name,
    width: "minmax(9rem, 2fr)",
  },
  {
    id: "status",
    header: "Status",
    cell: ({ status }) => (
      <Status isPlain tone={status === 200 ? "good" : "bad"}>
        {status}
      </Status>
    ),
    width: "6rem",
  },
  {
    id: "ms",
    header: "Duration",
    align: "number",
    cell: ({ ms }) => formatMs(ms),
    sortBy: ({ ms }) => ms,
    width: "7rem",
  },
  { id: "id", header: "Invocation", cell: ({ id }) => <CopyText text={id} />, width: "9rem" },
  { id: "at", header: "When", align: "end", cell: ({ at }) => <TimeAgo time={at} />, isNoWrap: true, width: "7rem" },
];

/** What shows numbers and texts. */
export function DataGallery(): ReactNode {
  const toasts = useToasts();
  return (
    <div className={styles["stack"]}>
      <Stats
        label="Now"
        stats={[
          { name: "Calls", value: "1,284", unit: "/s", chart: <Sparkline label="Calls per second" values={CALLS} /> },
          {
            name: "Errors",
            value: "3.1",
            unit: "/s",
            isBad: true,
            chart: <Sparkline label="Errors per second" tone="bad" values={wave(60, 9)} />,
          },
          { name: "Half within", value: "1.8", unit: "ms" },
          { name: "99 of 100 within", value: "42", unit: "ms" },
          { name: "Instances", value: "6" },
        ]}
      />
      <div className={styles["grid"]}>
        <Card title="Calls per second">
          <TimeChart
            label="Calls per second"
            times={TIMES}
            format={formatRate}
            series={[
              { name: "Calls", values: CALLS },
              { name: "Errors", values: wave(120, 40).map((value) => value / 8), colour: "bad" },
            ]}
          />
        </Card>
        <Card title="Facts">
          <Facts
            facts={[
              { name: "Broker", value: <code>nats://127.0.0.1:4222</code> },
              { name: "Started", value: <TimeAgo time={START - 3_720_000} /> },
              { name: "Instance", value: <CopyText text="01JD3Z5K8Q" /> },
            ]}
          />
        </Card>
        <CodeBlock
          title="curl"
          language="shell"
          code={`curl -X POST http://127.0.0.1:4122/v1/call/shop/arithmetic/sum \\\n  -H "Authorization: Bearer $TOKEN" \\\n  --json '{"num1": 1, "num2": 2}'`}
        />
        <JsonBlock title="Response" value={{ sum: 3, of: [1, 2], isExact: true, note: null }} />
      </div>
      <Card title="Some rows" isFlush>
        <Table label="Invocations" columns={COLUMNS} rows={ROWS.slice(0, 5)} rowKey={({ id }) => id} />
      </Card>
      <Card title="100 000 rows" isFlush>
        <VirtualTable
          label="All invocations"
          columns={COLUMNS}
          rows={ROWS}
          rowKey={({ id }) => id}
          height="24rem"
          onOpen={({ id }) => toasts.info(`Opened ${id}`)}
        />
      </Card>
    </div>
  );
}
