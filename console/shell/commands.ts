import { createContext, useContext, useEffect, useSyncExternalStore } from "react";

/** Something the command palette can do. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** What it is about: `Go to`, `Function`, `Theme`. */
  readonly group: string;
  /** Further words it is found by. */
  readonly words?: string;
  readonly run: () => void;
}

/** The commands of what is shown. Subscribable. */
export class Commands {
  readonly #listeners = new Set<() => void>();
  #lists: readonly (readonly Command[])[] = [];
  #all: readonly Command[] = [];

  readonly getAll = (): readonly Command[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Answers how to take them away again. */
  readonly add = (commands: readonly Command[]): (() => void) => {
    this.#set([...this.#lists, commands]);
    return () => this.#set(this.#lists.filter((each) => each !== commands));
  };

  #set(lists: readonly (readonly Command[])[]): void {
    this.#lists = lists;
    this.#all = lists.flat();
    for (const listener of this.#listeners) listener();
  }
}

/** The commands of the whole console. */
export const CommandsContext = createContext(new Commands());

/** Puts commands into the palette while the component is shown. Memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  const { add } = useContext(CommandsContext);
  useEffect(() => add(commands), [add, commands]);
}

/** What pages put into the palette. */
export function usePageCommands(): readonly Command[] {
  const { subscribe, getAll } = useContext(CommandsContext);
  return useSyncExternalStore(subscribe, getAll);
}
