/** What stands in the place of a value that is not to be recorded. */
export const REDACTED = "[redacted]";

/** A value without what is not to be recorded; the value itself is left as it is. */
export type Redact = (value: unknown) => unknown;

/** The two parts of a record that paths begin with. */
const ROOTS = ["payload", "response"] as const;
export type RedactionRoot = (typeof ROOTS)[number];

/** What a path leads through: names of members, indices of lists, `*` for every one. */
type Path = readonly string[];

const EVERY = "*";
const MAX_DEPTH = 32;

/** Why a text is no path, or `undefined` when it is one. */
export function pathProblem(text: string): string | undefined {
  const [root = "", ...path] = text.split(".");
  if (!ROOTS.some((known) => known === root)) return 'must begin with "payload" or "response"';
  if (path.includes("")) return "has an empty part; put one dot between two names";
  return path.length > MAX_DEPTH ? `is longer than ${MAX_DEPTH} names` : undefined;
}

/**
 * What removes the values that the paths of a part lead to; `undefined` when there are none. What a path cannot be followed through, such as a text, may hold
 * what it means: it is removed as a whole. A name that meets a list means each of its items.
 */
export function redaction(paths: readonly string[], part: RedactionRoot): Redact | undefined {
  const own = paths.map((path) => path.split(".")).filter(([root]) => root === part);
  if (own.length === 0) return undefined;
  const within = own.map(([, ...path]) => path);
  return (value) => within.reduce<unknown>((left, path) => without(path, left), value);
}

function without(path: Path, value: unknown): unknown {
  // There is nothing that could be hidden in these.
  if (value === undefined || value === null) return value;
  const [name, ...rest] = path;
  if (name === undefined || typeof value !== "object") return REDACTED;
  if (Array.isArray(value)) return fromList(value, path);
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    name === EVERY || key === name ? without(rest, member) : member,
  ]);
  return Object.fromEntries(entries);
}

function fromList(list: readonly unknown[], path: Path): unknown[] {
  const [name = "", ...rest] = path;
  if (name === EVERY) return list.map((item) => without(rest, item));
  if (!/^\d+$/.test(name)) return list.map((item) => without(path, item));
  return list.map((item, index) => (String(index) === name ? without(rest, item) : item));
}
