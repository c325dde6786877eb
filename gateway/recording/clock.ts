/** When things happen. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs a function after so many milliseconds; returns how to call that off. */
  after(ms: number, run: () => void): () => void;
  /** Runs a function as soon as all that has arrived was looked at. */
  afterTurn(run: () => void): void;
}

/** The platform's. */
export const systemClock: Clock = {
  now: Date.now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (run) => void setImmediate(run),
};
