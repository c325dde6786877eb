import type { LatencyBucket } from "./latency-histogram.ts";

/**
 * The NATS services protocol (ADR-32): how a service says on the broker that it is there. `nats micro ls` and every
 * official services library speak it, so that workers need no SDK of ours to be seen.
 */

/** What can be asked of services. */
export type ServiceVerb = "PING" | "INFO" | "STATS";

/** Who answers. */
export interface ServiceIdentity {
  readonly name: string;
  /** Unique per running instance. */
  readonly id: string;
  /** Semantic version. */
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Answer to `$SRV.PING`. */
export interface ServicePing extends ServiceIdentity {
  readonly type: "io.nats.micro.v1.ping_response";
}

/** One function as the protocol shows it. */
export interface EndpointInfo {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Answer to `$SRV.INFO`. */
export interface ServiceInfo extends ServiceIdentity {
  readonly type: "io.nats.micro.v1.info_response";
  readonly description: string;
  readonly endpoints: readonly EndpointInfo[];
}

/** How the calls of about the last minute went, handlers alone. */
export interface RecentCalls {
  /** How long that was: half a minute to a minute, less in a worker that has just started. */
  readonly window_seconds: number;
  readonly requests: number;
  readonly errors: number;
  /** Half of the calls took at most this; `null` without calls. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  /** What the percentiles come from, so that those of several instances can be told. */
  readonly latency_ms: readonly LatencyBucket[];
}

/** Counters of one function. Times are in nanoseconds. */
export interface EndpointStats {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  readonly num_requests: number;
  readonly num_errors: number;
  readonly last_error: string;
  readonly processing_time: number;
  readonly average_processing_time: number;
  /** Whatever a service library puts there; ours, this. */
  readonly data?: RecentCalls;
}

/** Answer to `$SRV.STATS`. */
export interface ServiceStats extends ServiceIdentity {
  readonly type: "io.nats.micro.v1.stats_response";
  /** RFC 3339. */
  readonly started: string;
  readonly endpoints: readonly EndpointStats[];
}
