import type { CallOptions } from "../mesh/caller.ts";

/** How a typed client reaches functions. */
export interface Transport {
  /**
   * Calls a function. A result that streams resolves to an `AsyncIterable`; leaving it ends the call.
   * @throws MeshError what the function or the mesh says went wrong; rejects with the signal's reason when it aborts.
   */
  call(service: string, name: string, params: unknown, options: CallOptions): Promise<unknown>;
}
