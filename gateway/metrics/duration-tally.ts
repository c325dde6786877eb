/** Upper bounds in seconds, by OpenTelemetry's advice for `http.server.request.duration`, and two below for a mesh on one machine. */
const BOUNDS = [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** One number of a histogram as Prometheus shows it. */
export interface HistogramValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Counts durations by their bucket. */
export class DurationTally {
  readonly #counts = new Float64Array(BOUNDS.length);
  #sum = 0;
  #count = 0;

  add(seconds: number): void {
    this.#sum += seconds;
    this.#count++;
    for (let at = 0; at < BOUNDS.length; at++) {
      if (seconds > (BOUNDS[at] ?? 0)) continue;
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      return;
    }
  }

  /** The values of a histogram of this name: cumulative buckets, sum and count. */
  values(name: string, labels: HistogramValue["labels"]): HistogramValue[] {
    let below = 0;
    const buckets = BOUNDS.map((le, at) => {
      below += this.#counts[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { le: "+Inf", ...labels }, value: this.#count },
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: this.#count },
    ];
  }
}
