import type { Journal, Store } from "../../../functions-service/store.ts";

/** The same store, some of whose journal is done otherwise. */
export function withJournal(store: Store, otherwise: (journal: Journal) => Partial<Journal>): Store {
  const { journal } = store;
  return {
    ...store,
    journal: {
      append: (...given) => journal.append(...given),
      project: () => journal.project(),
      read: (...given) => journal.read(...given),
      bounds: () => journal.bounds(),
      prune: (before) => journal.prune(before),
      sinks: journal.sinks,
      ...otherwise(journal),
    },
  };
}
