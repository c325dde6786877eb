/** What some events come to. Percentiles are of the durations of those that have one, and off by 5 percent at most. */
export interface EventFigures {
  readonly total: number;
  readonly pending: number;
  readonly failed: number;
  /** Half of the durations are no longer; `null` where there is none, like all that follow. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  /** The longest, to the digit. */
  readonly maxMs: number | null;
}

/** The events that began in one part of the time. */
export interface EventBucket extends EventFigures {
  /** When it begins: RFC 3339 with milliseconds. */
  readonly at: string;
}

/** The events of one source. */
export interface SourceFigures extends EventFigures {
  readonly source: string;
}

/** How events went over a time: what charts and tables of them are made of. */
export interface EventSummary {
  /** RFC 3339 with milliseconds, inclusive. */
  readonly since: string;
  /** The same, exclusive. */
  readonly until: string;
  /** How long each bucket is; the last may be shorter. */
  readonly bucketMs: number;
  /** In order, without a gap. */
  readonly buckets: readonly EventBucket[];
  readonly totals: EventFigures;
  /** At most 50: those with the most failures, then those with the most events. */
  readonly sources: readonly SourceFigures[];
}
