import type { EventStore } from "../store.ts";

/** The same events; `wake` is called when there may be new notices in the outbox. */
export function wakingEvents(events: EventStore, wake: () => void): EventStore {
  return {
    async insert(inserted, notices) {
      await events.insert(inserted, notices);
      if (notices.length > 0) wake();
    },
    async settle(outcomes) {
      const ended = await events.settle(outcomes);
      if (ended.length > 0) wake();
      return ended;
    },
    get: (project, id) => events.get(project, id),
    list: (project, filter, page) => events.list(project, filter, page),
    remove: (project, id) => events.remove(project, id),
    overdue: (at, limit) => events.overdue(at, limit),
  };
}
