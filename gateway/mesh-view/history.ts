import type { FunctionStats, MeshHistory, MeshStats, ServiceHistory } from "../../mesh/mesh-view.ts";

/** How long readings are kept. */
const KEPT_MS = 5 * 60_000;
/** Readings further apart than this are not of one stretch of time: nobody watched in between. */
const GAP_MS = 5_000;

/** The mutable side of a service's history. */
type Series = {
  -readonly [Key in keyof ServiceHistory]: ServiceHistory[Key] extends readonly (infer N)[] ? N[] : ServiceHistory[Key];
};

/** Remembers how services did in the last minutes, for charts that should not begin empty. */
export class StatsHistory {
  readonly #times: number[] = [];
  readonly #services = new Map<string, Series>();

  add({ time, services }: MeshStats): void {
    const now = Date.parse(time);
    const last = this.#times.at(-1);
    if (last !== undefined && now - last > GAP_MS) this.#add(last + 1, []);
    this.#add(now, services);
    while ((this.#times[0] ?? now) < now - KEPT_MS) this.#forgetFirst();
  }

  #add(time: number, services: MeshStats["services"]): void {
    this.#times.push(time);
    for (const { project, name, functions } of services) {
      const series = this.#seriesOf(project, name);
      series.callsPerSecond.push(together(functions, "callsPerSecond"));
      series.errorsPerSecond.push(together(functions, "errorsPerSecond"));
      // Percentiles cannot be added up: the busiest function speaks for its service.
      const known = functions.filter(({ p50Ms }) => p50Ms !== null);
      const busiest = known.toSorted((a, b) => b.calls - a.calls).at(0);
      series.p50Ms.push(busiest?.p50Ms ?? null);
      series.p99Ms.push(busiest?.p99Ms ?? null);
    }
    for (const series of this.#services.values()) this.#keepUp(series);
  }

  /** What is known of these projects; without any, of all. */
  of(isSeen: (project: string | null) => boolean): MeshHistory {
    return { times: this.#times, services: [...this.#services.values()].filter(({ project }) => isSeen(project)) };
  }

  #seriesOf(project: string | null, name: string): Series {
    const key = JSON.stringify([project, name]);
    const known = this.#services.get(key);
    if (known !== undefined) return known;
    // What came later knows nothing of the time before.
    const before = this.#times.slice(1).map(() => null);
    const series: Series = {
      project,
      name,
      callsPerSecond: [...before],
      errorsPerSecond: [...before],
      p50Ms: [...before],
      p99Ms: [...before],
    };
    this.#services.set(key, series);
    return series;
  }

  /** A service that was not there this time has a gap. */
  #keepUp(series: Series): void {
    for (const values of valuesOf(series)) if (values.length < this.#times.length) values.push(null);
  }

  #forgetFirst(): void {
    this.#times.shift();
    for (const [key, series] of this.#services) {
      for (const values of valuesOf(series)) values.shift();
      if (series.callsPerSecond.every((value) => value === null)) this.#services.delete(key);
    }
  }
}

function valuesOf({ callsPerSecond, errorsPerSecond, p50Ms, p99Ms }: Series): (number | null)[][] {
  return [callsPerSecond, errorsPerSecond, p50Ms, p99Ms];
}

function together(functions: readonly FunctionStats[], what: "callsPerSecond" | "errorsPerSecond"): number | null {
  const known = functions.flatMap((each) => each[what] ?? []);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
