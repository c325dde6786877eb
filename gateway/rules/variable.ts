import type { RuleArgs } from "../rules.ts";

/** A variable of the rule language, parsed once: `args.auth.role`, `utils.exists(args.params.id)`. */
export interface Variable {
  readonly text: string;
  /** Whether its value depends on the request's body. */
  readonly readsParams: boolean;
  /** The path it looks at, where there is one: `args.params.id` of `utils.exists(args.params.id)`. */
  readonly path: string | undefined;
  /** The value now; `undefined` when it does not resolve. */
  read(args: RuleArgs): unknown;
}

type Read = (args: RuleArgs) => unknown;
type Step = string | Read;

/** Brackets within brackets: deeper than anybody reads. */
const MAX_NESTING = 8;

const KEY = /[^.[\]()]+/y;
const QUOTED = /"[^"]*"|'[^']*'/y;
const DIGITS = /\d+/y;
const INDEX = /^(?:0|[1-9]\d*)$/;
const HELPER = /^utils\.(exists|length)\(([^]*)\)$/;

/** Whether a text of a rule names a variable. Such a text never counts as a literal, resolved or not. */
export function isVariable(text: string): boolean {
  return text.startsWith("args.") || text.startsWith("utils.");
}

/** Parses a variable; `undefined` when the text is none that could ever resolve. */
export function parseVariable(text: string, now: () => number): Variable | undefined {
  if (text === "utils.now()") return { text, readsParams: false, path: undefined, read: now };
  const [, helper, inner] = HELPER.exec(text) ?? [];
  const path = parsePath(inner ?? text);
  if (path === undefined) return undefined;
  const { read, readsParams } = path;
  const about = { text, readsParams, path: inner ?? text };
  if (helper === "exists") return { ...about, read: (args) => read(args) !== undefined };
  if (helper === "length") return { ...about, read: (args) => lengthOf(read(args)) };
  return { ...about, read };
}

function parsePath(text: string): { read: Read; readsParams: boolean } | undefined {
  const cursor = { text, at: 0, readsParams: false };
  const read = readPath(cursor, 0);
  return read !== undefined && cursor.at === text.length ? { read, readsParams: cursor.readsParams } : undefined;
}

interface Cursor {
  readonly text: string;
  at: number;
  readsParams: boolean;
}

/** `args.auth` or `args.params`, then any number of `.key`, `[0]`, `["key"]` and `[args.…]`. */
function readPath(cursor: Cursor, nesting: number): Read | undefined {
  if (nesting > MAX_NESTING || !skip(cursor, "args.")) return undefined;
  const scope = take(cursor, KEY);
  if (scope !== "auth" && scope !== "params") return undefined;
  if (scope === "params") cursor.readsParams = true;
  const steps: Step[] = [];
  for (;;) {
    let step: Step | undefined;
    if (skip(cursor, ".")) step = take(cursor, KEY);
    else if (skip(cursor, "[")) step = readBracket(cursor, nesting);
    else break;
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return (args) => {
    let value: unknown = args[scope];
    for (const step of steps) {
      if (value === undefined) return undefined;
      value = ownValue(value, typeof step === "string" ? step : step(args));
    }
    return value;
  };
}

function readBracket(cursor: Cursor, nesting: number): Step | undefined {
  const step = take(cursor, QUOTED)?.slice(1, -1) ?? take(cursor, DIGITS) ?? readPath(cursor, nesting + 1);
  return skip(cursor, "]") ? step : undefined;
}

function skip(cursor: Cursor, text: string): boolean {
  if (!cursor.text.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const taken = pattern.exec(cursor.text)?.[0];
  cursor.at += taken?.length ?? 0;
  return taken;
}

// Own properties only: what an object inherits was sent by nobody. Of an array the elements only, not its `length`.
function ownValue(value: unknown, key: unknown): unknown {
  const name = typeof key === "number" ? String(key) : key;
  if (typeof name !== "string" || typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) ? !INDEX.test(name) : name === "__proto__") return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}
