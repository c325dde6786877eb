import type { ConfigFinding } from "./config-error.ts";

/** A spot in the source text. */
export interface Place {
  readonly path: string;
  /** Characters from the start of the text. */
  readonly offset: number;
}

/** Turns an offset into a line and a column, both from 1. */
export type LinePosition = (offset: number) => { readonly line: number; readonly column: number };

/** Gathers what is found while a configuration is read, so that all problems are told at once. */
export class Findings {
  readonly #linePosition: LinePosition;
  readonly #problems: Located[] = [];
  readonly #warnings: Located[] = [];

  constructor(linePosition: LinePosition) {
    this.#linePosition = linePosition;
  }

  /** Something that keeps the configuration from being used. */
  problem(place: Place, message: string): void {
    this.#problems.push({ place, message });
  }

  /** Something the operator should know; the configuration is used all the same. */
  warning(place: Place, message: string): void {
    this.#warnings.push({ place, message });
  }

  /** The problems, in the order of the file. */
  get problems(): ConfigFinding[] {
    return this.#inOrder(this.#problems);
  }

  /** The warnings, in the order of the file. */
  get warnings(): ConfigFinding[] {
    return this.#inOrder(this.#warnings);
  }

  #inOrder(located: readonly Located[]): ConfigFinding[] {
    return located
      .toSorted((a, b) => a.place.offset - b.place.offset)
      .map(({ place, message }) => ({ path: place.path, ...this.#linePosition(place.offset), message }));
  }
}

interface Located {
  readonly place: Place;
  readonly message: string;
}
