import { MeshError } from "../mesh/errors.ts";
import { isAsyncIterable } from "../mesh/pieces.ts";

/** How a call ended, for callers that would rather look than catch. */
export type Settled<Result, Failure = MeshError> =
  | { readonly ok: true; readonly result: Result; readonly error?: undefined }
  | { readonly ok: false; readonly error: Failure; readonly result?: undefined };

/** A call under way. */
export interface CallPromise<Result, Failure = MeshError> extends Promise<Result> {
  /**
   * How the call ends, without throwing what the function or the mesh says. Faults of the calling program, such as params
   * that are not JSON, are still thrown.
   */
  settled(): Promise<Settled<Result, Failure>>;
}

/**
 * A call whose result streams: iterate over it, or over what it resolves to, once. Leaving the loop ends the call.
 *
 * @example for await (const item of mesh.arithmetic.count({ to: 3 })) console.log(item);
 */
export interface StreamPromise<Item, Failure = MeshError>
  extends CallPromise<AsyncIterable<Item>, Failure>, AsyncIterable<Item> {}

/**
 * Gives a call the ways to wait for it.
 *
 * @param named How to speak of the function: `"arithmetic.sum"`.
 */
export function callPromise(
  named: string,
  call: Promise<unknown>,
  signal: AbortSignal | undefined,
): StreamPromise<unknown> {
  return Object.defineProperties(call, {
    settled: { value: () => settle(call, signal) },
    [Symbol.asyncIterator]: { value: () => iterate(named, call) },
  }) as StreamPromise<unknown>;
}

async function settle(call: Promise<unknown>, signal: AbortSignal | undefined): Promise<Settled<unknown>> {
  try {
    return { ok: true, result: await call };
  } catch (error) {
    if (error instanceof MeshError) return { ok: false, error };
    if (signal?.aborted !== true) throw error;
    return { ok: false, error: new MeshError("cancelled", "the call was given up", { cause: error }) };
  }
}

async function* iterate(named: string, call: Promise<unknown>): AsyncGenerator<unknown, void, undefined> {
  const result = await call;
  if (isAsyncIterable(result)) yield* result;
  // A stream of bytes that was short enough to come in one piece.
  else if (result instanceof Uint8Array) yield result;
  else throw new TypeError(`"${named}" does not stream its result; await it`);
}
