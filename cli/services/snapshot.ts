/** An instance of a service. */
export interface Instance {
  readonly id: string;
  readonly version: string;
  /** RFC 3339; `""` when it does not say. */
  readonly started: string;
}

/** How a function does, all its instances together. What is not known is `null`. */
export interface FunctionStats {
  readonly name: string;
  readonly subject: string;
  readonly instances: number;
  /** Since the instances started. */
  readonly calls: number;
  readonly callsPerSecond: number | null;
  /** Of about the last minute. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Since the instances started: all that workers without our kit tell. */
  readonly averageMs: number | null;
  readonly errors: number;
  readonly errorsPerSecond: number | null;
  readonly lastError: string | null;
}

/** How a service does. */
export interface ServiceStats {
  /** `null` for a service that belongs to none, so is not of this mesh. */
  readonly project: string | null;
  readonly name: string;
  readonly instances: readonly Instance[];
  readonly functions: readonly FunctionStats[];
}

/** What `fmesh services --json` prints. */
export interface Snapshot {
  readonly time: string;
  /** `null` for all. */
  readonly project: string | null;
  readonly services: readonly ServiceStats[];
}
