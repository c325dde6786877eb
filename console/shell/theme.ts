/** Which theme is wanted. */
export type Theme = "system" | "light" | "dark";

/** The themes, in the order they are offered. */
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const KEY = "fmesh.theme";

/** What the store is made of. */
export interface ThemeParts {
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  /** The root element: the colours follow its `data-theme`. */
  readonly root: Pick<HTMLElement, "dataset">;
}

/** The theme somebody chose, kept in the browser. Subscribable. */
export class ThemeStore {
  readonly #parts: ThemeParts;
  readonly #listeners = new Set<() => void>();
  #theme: Theme;

  constructor(parts: ThemeParts) {
    this.#parts = parts;
    this.#theme = THEMES.find((theme) => theme === parts.storage.getItem(KEY)) ?? "system";
    this.#apply();
  }

  readonly get = (): Theme => this.#theme;

  readonly set = (theme: Theme): void => {
    this.#theme = theme;
    this.#parts.storage.setItem(KEY, theme);
    this.#apply();
    for (const listener of this.#listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #apply(): void {
    if (this.#theme === "system") delete this.#parts.root.dataset["theme"];
    else this.#parts.root.dataset["theme"] = this.#theme;
  }
}
