import type { Asker, BrokerStatus } from "../mesh/broker.ts";
import type { Call, Reply } from "../mesh/call.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { TraceParent } from "../mesh/tracing.ts";
import type { RecordRule } from "./recording.ts";
import type { ServerTiming } from "./server-timing.ts";

/** A call that a rule has let through. */
export interface AllowedCall {
  readonly address: FunctionAddress;
  readonly call: Call;
  /** The params as a value, for those who record them. */
  readonly params: () => unknown;
  /** What is recorded of it, if it is. */
  readonly recordRule: RecordRule | undefined;
  /** Whether the configuration names this very function: one that nobody serves then exists all the same. */
  readonly isNamed: boolean;
  /** How long its caller lets it take, in milliseconds, as the caller is told; some of that is gone by now. Default: what is left. */
  readonly timeoutMs?: number | undefined;
  /** What its span is a child of; without one it is a call of its own. */
  readonly parent?: TraceParent | undefined;
  /** Who may go away: the HTTP request. */
  readonly asker: Asker;
  /** Where the time goes; not asked of calls that rules make. */
  readonly timing?: ServerTiming | undefined;
}

/**
 * The way of allowed calls into the mesh. Adapters (`mesh-link/` and `runtime/workerd/`): a broker at hand, or an object elsewhere
 * that owns the connection to one.
 */
export interface MeshLink {
  /** How many bytes of a body fit into one message; a larger one passes as it comes. */
  readonly roomBytes: number;
  /** Whether calls can be sent at the moment. */
  status(): BrokerStatus | Promise<BrokerStatus>;
  /**
   * Records a call if it is to be recorded, sends it, and waits for its reply to begin.
   * @throws MeshError everything that can go wrong with a call.
   */
  send(allowed: AllowedCall): Promise<Reply>;
  /** Resolves when what was recorded before can be read at the functions service of its project, or after a moment. */
  caughtUp(project: string): Promise<void>;
}
