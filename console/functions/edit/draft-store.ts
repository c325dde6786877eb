import { type Draft, parseDraft } from "./draft.ts";

/** Drafts by person and function, kept while the tab is open. Subscribable, for `useSyncExternalStore`. */
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

  /** The same object until it changes. */
  get(key: string): Draft | undefined {
    if (!this.#drafts.has(key)) this.#drafts.set(key, parseDraft(this.#storage.getItem(placeOf(key))));
    return this.#drafts.get(key);
  }

  /** @param draft `undefined` when there is nothing to keep any more. */
  set(key: string, draft: Draft | undefined): void {
    this.#drafts.set(key, draft);
    if (draft === undefined) this.#storage.removeItem(placeOf(key));
    else this.#storage.setItem(placeOf(key), JSON.stringify(draft));
    for (const listener of this.#listeners) listener();
  }
}

function placeOf(key: string): string {
  return `fmesh.draft.${key}`;
}
