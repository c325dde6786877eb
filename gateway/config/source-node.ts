import type { Place } from "./findings.ts";

/** A value without parts. */
export type Scalar = string | number | boolean | null;

/** Keys and values of a mapping, in the order of the file. */
export type Mapping = ReadonlyMap<string, SourceNode>;

/**
 * A value that remembers where it was written. Dialects move nodes about; a problem found afterwards still names the
 * path and the line its author knows.
 */
export interface SourceNode extends Place {
  /** Where the key of this value stands; the value's own offset when it has none. */
  readonly keyOffset: number;
  readonly value: Scalar | readonly SourceNode[] | Mapping;
  /** The text of a scalar written without quotes: what another YAML version may read differently. */
  readonly written?: string;
}

const PLAIN_KEY = /^[\w-]+$/;

/** The path of a mapping's entry: `a.b`, or `a["b c"]` where the key needs quotes. */
export function keyPath(parent: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The place of a value's key, for findings about the key itself. */
export function keyPlace(node: SourceNode): Place {
  return { path: node.path, offset: node.keyOffset };
}

/** The node's entries, or `undefined` when it is not a mapping. */
export function entriesOf(node: SourceNode | undefined): Mapping | undefined {
  return node?.value instanceof Map ? node.value : undefined;
}

/** The node's items, or `undefined` when it is not a list. */
export function itemsOf(node: SourceNode | undefined): readonly SourceNode[] | undefined {
  return node !== undefined && isList(node.value) ? node.value : undefined;
}

/** The value under `key`; `undefined` when there is none, or the node is no mapping. */
export function entryOf(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return entriesOf(node)?.get(key);
}

/** Whether something was written: the key is there, and its value is neither empty nor `null`. */
export function isPresent(node: SourceNode | undefined): node is SourceNode {
  return node !== undefined && node.value !== null;
}

/** Another value in the same place. */
export function withValue(node: SourceNode, value: SourceNode["value"]): SourceNode {
  return { path: node.path, offset: node.offset, keyOffset: node.keyOffset, value };
}

/** The node with each entry that `change` answers; `undefined` leaves one out. Anything but a mapping stays. */
export function mapEntries(
  node: SourceNode,
  change: (value: SourceNode, key: string) => SourceNode | undefined,
): SourceNode {
  const entries = entriesOf(node);
  if (entries === undefined) return node;
  const changed = new Map<string, SourceNode>();
  for (const [key, value] of entries) {
    const next = change(value, key);
    if (next !== undefined) changed.set(key, next);
  }
  return withValue(node, changed);
}

/** The node as an ordinary JavaScript value. */
export function plainValue(node: SourceNode): unknown {
  const entries = entriesOf(node);
  if (entries !== undefined) return Object.fromEntries([...entries].map(([key, entry]) => [key, plainValue(entry)]));
  return itemsOf(node)?.map(plainValue) ?? node.value;
}

function isList(value: SourceNode["value"]): value is readonly SourceNode[] {
  return Array.isArray(value);
}
