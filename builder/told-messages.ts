/**
 * What work tells, as it tells it. Rejects with the signal's reason when it aborts, and with what the work throws.
 * @param work has told everything when it resolves.
 */
export async function* toldMessages<Message>(
  work: (tell: (message: Message) => void) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const told: Message[] = [];
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const working = work((message) => {
    told.push(message);
    wake.resolve();
  }).finally(() => {
    isOver = true;
    wake.resolve();
  });
  // It is awaited at the end; until then nobody listens.
  working.catch(() => undefined);
  // Whoever reads slowly gets more at a time; there are few messages of such work.
  for (;;) {
    yield* told.splice(0);
    if (isOver && told.length === 0) break;
    await wake.promise;
    wake = Promise.withResolvers();
  }
  signal.throwIfAborted();
  await working;
}
