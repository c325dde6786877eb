import type { FunctionStats, MeshHistory, MeshStats, MeshView, ServiceView } from "../../mesh/mesh-view.ts";
import type { StreamEvent } from "../api/event-stream.ts";
import type { Sample } from "../ui/sparkline-path.ts";

/** How many readings are kept: those of about five minutes. */
const KEPT = 430;

/** How a service does, all its functions together. */
export interface ServiceNumbers {
  readonly callsPerSecond: Sample;
  readonly errorsPerSecond: Sample;
  readonly p50Ms: Sample;
  readonly p99Ms: Sample;
}

/** The same, reading by reading. */
export type ServiceSeries = { readonly [Name in keyof ServiceNumbers]: readonly Sample[] };

/** The mesh as it is told: its last picture, and how the numbers went. */
export interface LiveMesh {
  readonly view: MeshView | undefined;
  /** When the broker was last asked, in milliseconds; 0 for never. */
  readonly readAt: number;
  /** Of the readings, in milliseconds since 1970. */
  readonly times: readonly number[];
  /** By {@link serviceKey}; each as long as `times`. */
  readonly series: ReadonlyMap<string, ServiceSeries>;
}

export const EMPTY_MESH: LiveMesh = { view: undefined, readAt: 0, times: [], series: new Map() };

/** What tells services apart. */
export function serviceKey({ project, name }: { readonly project: string | null; readonly name: string }): string {
  return `${project ?? ""}/${name}`;
}

/** The mesh after an event of `GET /v1/admin/mesh`. Names that are not known are passed over. */
export function withEvent(mesh: LiveMesh, { event, data }: Pick<StreamEvent, "event" | "data">): LiveMesh {
  switch (event) {
    case "mesh":
      return withReading(mesh, JSON.parse(data) as MeshView);
    case "stats":
      return mesh.view === undefined ? mesh : withReading(mesh, withNumbers(mesh.view, JSON.parse(data) as MeshStats));
    case "history":
      return withHistory(mesh, JSON.parse(data) as MeshHistory);
    default:
      return mesh;
  }
}

/** A service's functions together. Percentiles cannot be added up: the busiest function speaks for its service. */
export function numbersOf({ functions }: { readonly functions: readonly FunctionStats[] }): ServiceNumbers {
  const busiest = functions
    .filter(({ p50Ms }) => p50Ms !== null)
    .toSorted((a, b) => b.calls - a.calls)
    .at(0);
  return {
    callsPerSecond: sumOfKnown(functions.map(({ callsPerSecond }) => callsPerSecond)),
    errorsPerSecond: sumOfKnown(functions.map(({ errorsPerSecond }) => errorsPerSecond)),
    p50Ms: busiest?.p50Ms ?? null,
    p99Ms: busiest?.p99Ms ?? null,
  };
}

/** The sum of what is known; `null` when nothing is. */
export function sumOfKnown(values: readonly Sample[]): Sample {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Calls and errors of several services together, reading by reading. */
export function totalSeries(
  mesh: LiveMesh,
  services: readonly ServiceView[],
  name: "callsPerSecond" | "errorsPerSecond",
): Sample[] {
  const lists = services.flatMap((service) => {
    const series = mesh.series.get(serviceKey(service));
    return series === undefined ? [] : [series[name]];
  });
  return mesh.times.map((_, index) => sumOfKnown(lists.map((list) => list[index] ?? null)));
}

function withNumbers(view: MeshView, { time, services }: MeshStats): MeshView {
  const told = new Map(services.map((service) => [serviceKey(service), service]));
  return {
    ...view,
    time,
    services: view.services.map((service) => {
      const stats = new Map(told.get(serviceKey(service))?.functions.map((each) => [each.name, each]));
      return { ...service, functions: service.functions.map((each) => ({ ...each, ...stats.get(each.name) })) };
    }),
  };
}

/** What is told while the broker is away are the numbers of before: no reading. */
function withReading(mesh: LiveMesh, view: MeshView): LiveMesh {
  const at = Date.parse(view.time);
  const isRead = view.gateway.broker.status === "connected";
  const present = new Map(view.services.map((service) => [serviceKey(service), service]));
  const times = [...mesh.times, at].slice(-KEPT);
  const gap = mesh.times.map(() => null);
  const series = new Map<string, ServiceSeries>();
  for (const key of new Set([...mesh.series.keys(), ...present.keys()])) {
    const before = mesh.series.get(key);
    const service = present.get(key);
    const numbers = isRead && service !== undefined ? numbersOf(service) : undefined;
    const grown = eachNumber((name) => [...(before?.[name] ?? gap), numbers?.[name] ?? null].slice(-KEPT));
    if (service !== undefined || grown.callsPerSecond.some((value) => value !== null)) series.set(key, grown);
  }
  return { view, readAt: isRead ? at : mesh.readAt, times, series };
}

function withHistory(mesh: LiveMesh, { times, services }: MeshHistory): LiveMesh {
  const series = new Map(services.map((service) => [serviceKey(service), eachNumber((name) => service[name])]));
  return { ...mesh, times, series };
}

function eachNumber(of: (name: keyof ServiceNumbers) => readonly Sample[]): ServiceSeries {
  return {
    callsPerSecond: of("callsPerSecond"),
    errorsPerSecond: of("errorsPerSecond"),
    p50Ms: of("p50Ms"),
    p99Ms: of("p99Ms"),
  };
}
