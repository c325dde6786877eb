import { printable } from "../terminal/printable.ts";
import type { Style } from "../terminal/style.ts";
import { type Column, table } from "../terminal/table.ts";
import { formatMs, formatRate } from "./format.ts";
import type { FunctionStats, Instance, ServiceStats, Snapshot } from "../../mesh/mesh-view.ts";

/** What tables look like. */
export interface Look {
  readonly width: number;
  readonly style: Style;
}

interface FunctionRow {
  readonly service: ServiceStats;
  readonly stats: FunctionStats;
}

interface InstanceRow {
  readonly service: ServiceStats;
  readonly instance: Instance;
}

const PROJECT: Column<{ readonly service: ServiceStats }> = {
  title: "PROJECT",
  cell: ({ service }) => printable(service.project ?? "–"),
};
const SERVICE: Column<{ readonly service: ServiceStats }> = {
  title: "SERVICE",
  cell: ({ service }) => printable(service.name),
};

const FUNCTION_COLUMNS: readonly Column<FunctionRow>[] = [
  SERVICE,
  { title: "FUNCTION", cell: ({ stats }) => printable(stats.name) },
  { title: "INSTANCES", align: "right", leaveOut: 2, cell: ({ stats }) => String(stats.instances) },
  { title: "CALLS/S", align: "right", cell: ({ stats }) => formatRate(stats.callsPerSecond) },
  { title: "P50", align: "right", leaveOut: 4, cell: ({ stats }) => middle(stats) },
  { title: "P99", align: "right", leaveOut: 5, cell: ({ stats }) => formatMs(stats.p99Ms) },
  { title: "ERRORS", align: "right", leaveOut: 3, cell: ({ stats }) => String(stats.errors) },
  { title: "ERRORS/S", align: "right", leaveOut: 1, cell: ({ stats }) => formatRate(stats.errorsPerSecond) },
];

const INSTANCE_COLUMNS: readonly Column<InstanceRow>[] = [
  SERVICE,
  { title: "INSTANCE", cell: ({ instance }) => printable(instance.id) },
  { title: "VERSION", leaveOut: 1, cell: ({ instance }) => printable(instance.version) },
  { title: "STARTED", leaveOut: 2, cell: ({ instance }) => printable(instance.started) },
];

/** One line per function of every service; those that fail at the moment are set off. */
export function functionTable({ project, services }: Snapshot, { width, style }: Look): string[] {
  const rows = services.flatMap((service) => service.functions.map((stats) => ({ service, stats })));
  const columns = project === null ? [PROJECT, ...FUNCTION_COLUMNS] : FUNCTION_COLUMNS;
  const [titles = "", ...lines] = table<FunctionRow>(columns, rows, width);
  return [
    style.dim(titles),
    ...lines.map((line, index) => ((rows[index]?.stats.errorsPerSecond ?? 0) > 0 ? style.red(line) : line)),
  ];
}

/** One line per instance of every service. */
export function instanceTable({ project, services }: Snapshot, { width, style }: Look): string[] {
  const rows = services.flatMap((service) => service.instances.map((instance) => ({ service, instance })));
  const columns = project === null ? [PROJECT, ...INSTANCE_COLUMNS] : INSTANCE_COLUMNS;
  const [titles = "", ...lines] = table<InstanceRow>(columns, rows, width);
  return [style.dim(titles), ...lines];
}

/** Workers without our kit tell an average only. */
function middle({ p50Ms, averageMs, callsPerSecond }: FunctionStats): string {
  const isForeign = p50Ms === null && callsPerSecond === null;
  return isForeign && averageMs !== null ? `⌀ ${formatMs(averageMs)}` : formatMs(p50Ms);
}
