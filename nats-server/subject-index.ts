import { hasWildcard } from "./subject.ts";
import type { Subscription } from "./subscription.ts";

/** Who gets messages on a subject. The arrays are snapshots: they do not change when subscriptions do. */
export interface Match {
  /** Each of these subscriptions gets the message. */
  readonly plain: readonly (readonly Subscription[])[];
  /** One member of each of these queue groups gets it. */
  readonly groups: readonly { readonly name: string; readonly members: readonly Subscription[] }[];
}

/** Subjects whose answer is remembered. */
const MOST_CACHED = 8192;
const NOBODY: Match = { plain: [], groups: [] };

/** Finds the subscriptions of a subject: a tree with one level per token, and a cache of literal subjects before it. */
export class SubjectIndex {
  readonly #root = new Node();
  readonly #cache = new Map<string, Match>();
  #size = 0;

  /** How many subscriptions there are. */
  get size(): number {
    return this.#size;
  }

  /** Whether no trace of any subscription is left. */
  get isEmpty(): boolean {
    return this.#root.isEmpty && this.#cache.size === 0;
  }

  add(subscription: Subscription): void {
    let node = this.#root;
    for (const token of subscription.subject.split(".")) node = node.makeChild(token);
    node.add(subscription);
    this.#size++;
    this.#forget(subscription.subject);
  }

  remove(subscription: Subscription): void {
    const tokens = subscription.subject.split(".");
    const path = [this.#root];
    for (const token of tokens) {
      const child = path.at(-1)?.children.get(token);
      if (child === undefined) return;
      path.push(child);
    }
    if (!path.at(-1)?.delete(subscription)) return;
    for (let depth = tokens.length; depth > 0 && path[depth]?.isEmpty; depth--) {
      path[depth - 1]?.children.delete(tokens[depth - 1] ?? "");
    }
    this.#size--;
    this.#forget(subscription.subject);
  }

  match(subject: string): Match {
    const known = this.#cache.get(subject);
    if (known !== undefined) return known;
    const found = new Search(subject);
    found.descend(this.#root, 0);
    // Subjects that only a wildcard answers are mostly inboxes, used once: they would push out the others.
    if (found.isLiteral) {
      if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
      this.#cache.set(subject, found);
    }
    return found.isNobody ? NOBODY : found;
  }

  #forget(subject: string): void {
    if (hasWildcard(subject)) this.#cache.clear();
    else this.#cache.delete(subject);
  }
}

class Node {
  /** By token; `*` and `>` are the wildcards, which no publication can name. */
  readonly children = new Map<string, Node>();
  readonly #plain = new Set<Subscription>();
  readonly #groups = new Map<string, Set<Subscription>>();
  #snapshot: { plain: readonly Subscription[]; groups: Match["groups"] } | undefined;

  get isEmpty(): boolean {
    return this.children.size === 0 && this.#plain.size === 0 && this.#groups.size === 0;
  }

  get snapshot(): { plain: readonly Subscription[]; groups: Match["groups"] } {
    this.#snapshot ??= {
      plain: [...this.#plain],
      groups: [...this.#groups].map(([name, members]) => ({ name, members: [...members] })),
    };
    return this.#snapshot;
  }

  makeChild(token: string): Node {
    let child = this.children.get(token);
    if (child === undefined) {
      child = new Node();
      this.children.set(token, child);
    }
    return child;
  }

  add(subscription: Subscription): void {
    const { queue } = subscription;
    this.#snapshot = undefined;
    if (queue === undefined) {
      this.#plain.add(subscription);
      return;
    }
    const group = this.#groups.get(queue);
    if (group === undefined) this.#groups.set(queue, new Set([subscription]));
    else group.add(subscription);
  }

  /** Whether it was there. */
  delete(subscription: Subscription): boolean {
    const { queue } = subscription;
    this.#snapshot = undefined;
    if (queue === undefined) return this.#plain.delete(subscription);
    const group = this.#groups.get(queue);
    if (group?.delete(subscription) !== true) return false;
    if (group.size === 0) this.#groups.delete(queue);
    return true;
  }
}

/** One walk through the tree, which is its own result. */
class Search implements Match {
  readonly plain: (readonly Subscription[])[] = [];
  groups: { name: string; members: readonly Subscription[] }[] = [];
  /** Whether someone subscribes to exactly this subject. */
  isLiteral = false;
  readonly #subject: string;

  constructor(subject: string) {
    this.#subject = subject;
  }

  get isNobody(): boolean {
    return this.plain.length === 0 && this.groups.length === 0;
  }

  /** `from` is where the rest of the subject begins; past the end when all tokens are matched. */
  descend(node: Node, from: number, isLiteral = true): void {
    if (from > this.#subject.length) {
      if (this.#collect(node)) this.isLiteral ||= isLiteral;
      return;
    }
    if (node.children.size === 0) return;
    const dot = this.#subject.indexOf(".", from);
    const end = dot === -1 ? this.#subject.length : dot;
    const rest = node.children.get(">");
    if (rest !== undefined) this.#collect(rest);
    const any = node.children.get("*");
    if (any !== undefined) this.descend(any, end + 1, false);
    const token = this.#subject.slice(from, end);
    // A publication's own `*` or `>` was met above: as the wildcards they are, not as words.
    if (token === "*" || token === ">") return;
    const child = node.children.get(token);
    if (child !== undefined) this.descend(child, end + 1, isLiteral);
  }

  /** Whether anyone subscribes right there. */
  #collect(node: Node): boolean {
    const { plain, groups } = node.snapshot;
    if (plain.length > 0) this.plain.push(plain);
    for (const group of groups) {
      const known = this.groups.find(({ name }) => name === group.name);
      if (known === undefined) this.groups.push({ ...group });
      else known.members = [...known.members, ...group.members];
    }
    return plain.length > 0 || groups.length > 0;
  }
}
