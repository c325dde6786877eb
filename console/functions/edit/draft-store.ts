import { type Draft, parseDraft } from "./draft.ts";

/** Drafts by function, kept while the tab is open. Subscribable, for `useSyncExternalStore`. */
export class DraftStore {
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly #drafts = new Map<string, Draft | undefined>();
  readonly #listeners = new Set<() => void>();

  constructor(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.#storage = storage;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The draft of a function by its id: the same object until it changes. */
  get(id: string): Draft | undefined {
    if (!this.#drafts.has(id)) this.#drafts.set(id, parseDraft(this.#storage.getItem(keyOf(id))));
    return this.#drafts.get(id);
  }

  /** @param draft `undefined` when there is nothing to keep any more. */
  set(id: string, draft: Draft | undefined): void {
    this.#drafts.set(id, draft);
    if (draft === undefined) this.#storage.removeItem(keyOf(id));
    else this.#storage.setItem(keyOf(id), JSON.stringify(draft));
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(id: string): string {
  return `fmesh.draft.${id}`;
}
