/** A door that handlers wait at until the test opens it. */
export interface Gate {
  /** Resolves once so many have come to the door. */
  reached(count?: number): Promise<void>;
  passed(): Promise<void>;
  open(): void;
}

export function gate(): Gate {
  const opened = Promise.withResolvers<void>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let arrived = 0;
  return {
    reached: (count = 1) =>
      arrived >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    passed() {
      arrived++;
      for (const { count, resolve } of waiting) if (arrived >= count) resolve();
      return opened.promise;
    },
    open: () => opened.resolve(),
  };
}
