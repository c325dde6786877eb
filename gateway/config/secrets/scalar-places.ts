import { type Document, type ParsedNode, type Scalar, isAlias, isMap, isScalar, isSeq } from "yaml";
import { keyPath } from "../source-node.ts";

/** The keys and indexes that lead to a value. */
export type Steps = readonly (string | number)[];

/** A scalar at one of the places that it stands at by the meaning of a text. */
export interface ScalarPlace {
  readonly scalar: Scalar.Parsed;
  readonly steps: Steps;
  /** Where that is written: the alias, for what an alias stands for. */
  readonly offset: number;
  /** Whether it is the key there, and not the value. */
  readonly isKey: boolean;
}

type Visit = (place: ScalarPlace) => void;

/**
 * Tells of each scalar at every place that it stands at: aliases are written out, and a merge (`<<`) is no level of its own. What a
 * merge brings in vain is told of as well.
 *
 * @param document one that `readSource` takes, so that anchors are unique, and depth and aliases bounded.
 */
export function forEachScalar(document: Document.Parsed, visit: Visit): void {
  new Walk(visit).node(document.contents, []);
}

/** Whether a place is the one that `around` leads to, or below it. */
export function isWithin(steps: Steps, around: Steps): boolean {
  return around.every((step, index) => step === steps[index]);
}

/** As findings name a place: `admin.users[0].pass`. */
export function pathOf(steps: Steps): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : keyPath(path, step)),
    "",
  );
}

class Walk {
  readonly #visit: Visit;
  readonly #anchors = new Map<string, ParsedNode>();
  /** Of the outermost alias that is being written out. */
  #aliasOffset: number | undefined;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  node(node: ParsedNode | null, steps: Steps): void {
    if (node === null) return;
    if (isAlias(node)) this.#alias(node.source, node.range[0], steps);
    else if (isMap<ParsedNode, ParsedNode | null>(node)) {
      for (const { key, value } of node.items) this.#entry(key, value, steps);
    } else if (isSeq<ParsedNode>(node)) {
      node.items.forEach((item, index) => this.node(item, [...steps, index]));
    } else if (isScalar(node)) this.#tell(node, steps, { isKey: false });
    // Known only from here on: a value cannot hold itself.
    if (!isAlias(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  #entry(key: ParsedNode, value: ParsedNode | null, steps: Steps): void {
    const name = isScalar(key) ? String(key.value) : "";
    const below = [...steps, name];
    if (isScalar(key)) this.#tell(key, below, { isKey: true });
    if (name !== "<<") this.node(value, below);
    else if (isSeq<ParsedNode>(value)) for (const item of value.items) this.node(item, steps);
    else this.node(value, steps);
  }

  #alias(name: string, offset: number, steps: Steps): void {
    const isOutermost = this.#aliasOffset === undefined;
    this.#aliasOffset ??= offset;
    this.node(this.#anchors.get(name) ?? null, steps);
    if (isOutermost) this.#aliasOffset = undefined;
  }

  #tell(scalar: Scalar.Parsed, steps: Steps, { isKey }: { isKey: boolean }): void {
    this.#visit({ scalar, steps, offset: this.#aliasOffset ?? scalar.range[0], isKey });
  }
}
