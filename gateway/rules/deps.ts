import type { Claims } from "../../mesh/call.ts";
import type { Log } from "../../mesh/log.ts";
import type { AskBudget } from "./deadline.ts";
import type { QueryPort } from "./query.ts";

/** Whom rules may ask. */
export interface RuleDeps {
  /**
   * Calls a function of the same project and resolves to its result. Goes to the worker directly: the called function's
   * own rule must not be evaluated.
   */
  call(
    address: { readonly service: string; readonly function: string },
    params: unknown,
    claims: Claims,
    budget: AskBudget,
  ): Promise<unknown>;
  /** The databases of `query` rules; without it they refuse. */
  readonly queries: QueryPort | undefined;
  /** The least of the Web's `fetch` that a `webhook` rule needs. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly webhooks: {
    /** The hosts webhooks may be sent to, `host` or `host:port`, exactly as in the URL. */
    readonly allowHosts: readonly string[];
  };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}
