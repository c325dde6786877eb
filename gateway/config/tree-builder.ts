import { type Node, type ParsedNode, isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Findings, Place } from "./findings.ts";
import { type SourceNode, entriesOf, itemsOf, keyPath } from "./source-node.ts";
import { readScalar } from "./yaml-scalar.ts";

const MAX_DEPTH = 100;

/** Values that aliases may repeat: a handful of nested ones would otherwise grow without bound. */
const MAX_ALIASED_NODES = 10_000;

/** Keys that reach the prototype of a JavaScript object. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Builds the tree of a parsed YAML document: aliases and `<<` are written out, keys are unique, depth and size bounded.
 * What is wrong goes to the findings, and the tree goes on without it.
 */
export class TreeBuilder {
  readonly #findings: Findings;
  readonly #anchors = new Map<string, ParsedNode>();
  #aliasDepth = 0;
  #aliasedNodes = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  build(contents: ParsedNode): SourceNode {
    return this.#node(contents, { path: "", offset: contents.range[0] }, 0);
  }

  #node(node: ParsedNode | null, key: Place, depth: number): SourceNode {
    const place = { path: key.path, offset: node?.range[0] ?? key.offset, keyOffset: key.offset };
    if (depth > MAX_DEPTH) {
      this.#findings.problem(place, `values are nested more than ${MAX_DEPTH} deep; flatten them`);
      return { ...place, value: null };
    }
    if (this.#aliasDepth > 0 && ++this.#aliasedNodes > MAX_ALIASED_NODES) {
      if (this.#aliasedNodes === MAX_ALIASED_NODES + 1) {
        this.#findings.problem(place, `aliases repeat more than ${MAX_ALIASED_NODES} values; write them out`);
      }
      return { ...place, value: null };
    }
    const built = this.#value(node, place, depth);
    // Known only from here on: a value cannot hold itself.
    if (node !== null && !isAlias(node) && node.anchor !== undefined) this.#remember(node, node.anchor, place);
    return built;
  }

  #value(node: ParsedNode | null, place: Omit<SourceNode, "value">, depth: number): SourceNode {
    if (isAlias(node)) return this.#alias(node.source, place, depth);
    if (isMap<ParsedNode, ParsedNode | null>(node)) return { ...place, value: this.#entries(node.items, place, depth) };
    if (isSeq<ParsedNode>(node)) {
      return {
        ...place,
        value: node.items.map((item, index) => {
          const itemPlace = { path: `${place.path}[${index}]`, offset: item.range[0] };
          return this.#node(item, itemPlace, depth + 1);
        }),
      };
    }
    if (!isScalar(node)) return { ...place, value: null };
    const text = String(node.value);
    return node.type === "PLAIN" && node.tag === undefined
      ? { ...place, value: readScalar(text), written: text }
      : { ...place, value: text };
  }

  #entries(
    pairs: readonly { key: Node; value: ParsedNode | null }[],
    parent: Place,
    depth: number,
  ): Map<string, SourceNode> {
    const own = new Map<string, SourceNode>();
    const merged: SourceNode[] = [];
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : "";
      const place = { path: keyPath(parent.path, name), offset: key.range?.[0] ?? parent.offset };
      if (FORBIDDEN_KEYS.has(name)) {
        this.#findings.problem(place, `the key ${JSON.stringify(name)} is reserved; use another name`);
      } else if (own.has(name)) {
        this.#findings.problem(place, `the key ${JSON.stringify(name)} was given before; remove one of the two`);
      } else if (name === "<<") {
        merged.push(this.#node(value, { path: parent.path, offset: place.offset }, depth));
      } else {
        own.set(name, this.#node(value, place, depth + 1));
      }
    }
    for (const source of merged) this.#merge(source, own);
    return own;
  }

  /** `<<`: entries of another mapping, or of a list of them; what stands here or came first wins. */
  #merge(source: SourceNode, into: Map<string, SourceNode>): void {
    for (const mapping of itemsOf(source) ?? [source]) {
      const entries = entriesOf(mapping);
      if (entries === undefined) {
        this.#findings.problem(mapping, "<< takes in mappings only; name an anchor of a mapping");
        continue;
      }
      for (const [key, entry] of entries) if (!into.has(key)) into.set(key, entry);
    }
  }

  #alias(name: string, place: Omit<SourceNode, "value">, depth: number): SourceNode {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#findings.problem(place, "the alias names no anchor that was given before; define it above, or use quotes");
      return { ...place, value: null };
    }
    this.#aliasDepth++;
    const { value, written } = this.#value(target, place, depth);
    this.#aliasDepth--;
    return { ...place, value, ...(written !== undefined && { written }) };
  }

  #remember(node: ParsedNode, anchor: string, place: Place): void {
    if (this.#aliasDepth > 0) return;
    if (this.#anchors.has(anchor)) {
      this.#findings.problem(place, `the anchor ${JSON.stringify(anchor)} was given before; use another name`);
    }
    this.#anchors.set(anchor, node);
  }
}
