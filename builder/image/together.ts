/**
 * Does the same with all things at once. The first failure ends the others, and is thrown when they have ended: nothing goes
 * on behind the caller's back.
 */
export async function together<Thing>(
  signal: AbortSignal | undefined,
  things: readonly Thing[],
  work: (thing: Thing, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const either = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    things.map((thing) =>
      work(thing, either).catch((error: unknown) => {
        first ??= { error };
        failure.abort(error);
      }),
    ),
  );
  if (first !== undefined) throw first.error;
  signal?.throwIfAborted();
}
