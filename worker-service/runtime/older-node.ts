/*
 * What the code makes use of and Node has from 22 on: functions run on 20 as well. Imported before anything else.
 */
const lacking = Promise as { withResolvers?: unknown };
lacking.withResolvers ??= <T>(): PromiseWithResolvers<T> => {
  let settle: Pick<PromiseWithResolvers<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new TypeError("a promise did not begin");
  return { promise, resolve: settle.resolve, reject: settle.reject };
};
