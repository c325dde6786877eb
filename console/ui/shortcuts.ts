/** Keys that do something while a part of the console is shown. */
export interface Shortcut {
  /** `/`, `j`, `mod k` (together with Ctrl or ⌘) or `g m` (one after the other). */
  readonly keys: string;
  /** For the list of all shortcuts; without, it is not in it. */
  readonly description?: string | undefined;
  readonly run: () => void;
}

/** The least of a keyboard event that is needed. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether somebody writes, so that letters are letters. */
  readonly isTyping: boolean;
}

/** The second key of a sequence comes within this time, or it is no sequence. */
const SEQUENCE_MS = 1000;

/** All shortcuts of what is shown. Of several for the same keys, the last counts. Subscribable. */
export class Shortcuts {
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #all: readonly Shortcut[] = [];
  #pending: { readonly key: string; readonly at: number } | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly getAll = (): readonly Shortcut[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Answers how to take it away again. */
  readonly add = (shortcut: Shortcut): (() => void) => {
    this.#set([...this.#all, shortcut]);
    return () => this.#set(this.#all.filter((each) => each !== shortcut));
  };

  /** Runs what the key stands for; whether there was something. */
  press({ key, ctrlKey, metaKey, altKey, isTyping }: KeyPress): boolean {
    if (altKey) return false;
    const hasMod = ctrlKey || metaKey;
    if (isTyping && !hasMod) return false;
    const name = key.length === 1 ? key.toLowerCase() : key;
    const alone = hasMod ? `mod ${name}` : name;
    const first = this.#pending !== undefined && this.#now() - this.#pending.at < SEQUENCE_MS ? this.#pending.key : "";
    this.#pending = undefined;
    const found = this.#find(`${first} ${alone}`) ?? this.#find(alone);
    if (found !== undefined) {
      found.run();
      return true;
    }
    if (!hasMod && this.#all.some(({ keys }) => keys.startsWith(`${name} `))) {
      this.#pending = { key: name, at: this.#now() };
    }
    return false;
  }

  #find(keys: string): Shortcut | undefined {
    return this.#all.findLast((each) => each.keys === keys);
  }

  #set(all: readonly Shortcut[]): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}
