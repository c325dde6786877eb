import type { EventStore, Store } from "../store.ts";

/** The same store, which calls `wake` when it has put something into the outbox. */
export function wakingStore(store: Store, wake: () => void): Store {
  const events: EventStore = {
    async insert(inserted, notices) {
      await store.events.insert(inserted, notices);
      if (notices.length > 0) wake();
    },
    async settle(outcomes) {
      const settled = await store.events.settle(outcomes);
      if (settled.length > 0) wake();
      return settled;
    },
    get: (project, id) => store.events.get(project, id),
    list: (project, filter, page) => store.events.list(project, filter, page),
    remove: (project, id) => store.events.remove(project, id),
    overdue: (at, limit) => store.events.overdue(at, limit),
  };
  return {
    functions: store.functions,
    events,
    outbox: store.outbox,
    ping: (signal) => store.ping(signal),
    close: () => store.close(),
  };
}
