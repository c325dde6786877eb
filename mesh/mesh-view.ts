import type { BrokerStatus } from "./broker.ts";

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

/** How services do: what `fmesh services --json` prints. */
export interface Snapshot {
  readonly time: string;
  /** `null` for all. */
  readonly project: string | null;
  readonly services: readonly ServiceStats[];
}

/** A function as its service describes it. */
export interface FunctionDescription {
  readonly name: string;
  readonly subject: string;
  readonly description: string;
  /** `value`, `bytes` or `items`. */
  readonly receives: string;
  /** JSON Schema; `null` when none was given. */
  readonly inputSchema: unknown;
  readonly outputSchema: unknown;
}

/** A service as it describes itself: what `fmesh services <name> --json` prints. */
export interface ServiceDescription {
  readonly project: string | null;
  readonly name: string;
  readonly description: string;
  /** Of its instances; more than one while a new version is being rolled out. */
  readonly versions: readonly string[];
  readonly instances: readonly { readonly id: string; readonly version: string }[];
  readonly functions: readonly FunctionDescription[];
}

/** An instance as those who watch see it. */
export interface InstanceView extends Instance {
  /** It did not answer the last time: it is about to be taken for gone. */
  readonly isSilent: boolean;
}

/** A function as those who watch see it. */
export interface FunctionView extends FunctionStats, Omit<FunctionDescription, "name" | "subject"> {
  /** Who may call it; `null` when nobody may. */
  readonly rule: { readonly words: string; readonly isOpen: boolean } | null;
}

/** A service as those who watch see it. */
export interface ServiceView extends Omit<ServiceStats, "instances" | "functions"> {
  readonly description: string;
  /** Of its instances; more than one while a new version is being rolled out. */
  readonly versions: readonly string[];
  /** Whether it is a part of the mesh itself. */
  readonly isHouse: boolean;
  readonly instances: readonly InstanceView[];
  readonly functions: readonly FunctionView[];
}

/** The gateway that tells, and the broker behind it. */
export interface GatewayView {
  readonly version: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly broker: {
    /** Without credentials. */
    readonly url: string;
    readonly status: BrokerStatus;
  };
}

/** A mesh as its gateway sees it: what `GET /v1/admin/mesh` answers. */
export interface MeshView {
  /** RFC 3339. */
  readonly time: string;
  readonly gateway: GatewayView;
  readonly services: readonly ServiceView[];
}

/** The numbers of a {@link MeshView} alone. */
export interface MeshStats {
  readonly time: string;
  readonly services: readonly Pick<ServiceStats, "project" | "name" | "functions">[];
}

/** How a service did, reading by reading; `null` where nothing is known. */
export interface ServiceHistory {
  readonly project: string | null;
  readonly name: string;
  readonly callsPerSecond: readonly (number | null)[];
  readonly errorsPerSecond: readonly (number | null)[];
  readonly p50Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
}

/** The last minutes, as far as somebody watched. */
export interface MeshHistory {
  /** Of the readings, in milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly services: readonly ServiceHistory[];
}
