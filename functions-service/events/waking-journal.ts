import type { Journal } from "../store.ts";

/** The same journal; `wake` is called when something was appended to it. */
export function wakingJournal(journal: Journal, wake: () => void): Journal {
  return {
    async append(...changes) {
      await journal.append(...changes);
      wake();
    },
    project: () => journal.project(),
    read: (after, options) => journal.read(after, options),
    bounds: () => journal.bounds(),
    prune: (before) => journal.prune(before),
    sinks: journal.sinks,
  };
}
