import type { StoredFunction } from "../../../mesh/function.ts";
import { keptJson } from "../../session/kept-json.ts";

/** What is written in the editor. */
export interface Code {
  readonly handler: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Code that is not saved yet, and what it began with. */
export interface Draft extends Code {
  readonly base: Code & { readonly version: number };
}

/** The code of a version. */
export function codeOf({ handler, dependencies }: Code): Code {
  return { handler, dependencies };
}

/** Whether two codes are the same. */
export function isSameCode(one: Code, other: Code): boolean {
  const names = Object.keys(one.dependencies);
  return (
    one.handler === other.handler &&
    names.length === Object.keys(other.dependencies).length &&
    names.every((name) => one.dependencies[name] === other.dependencies[name])
  );
}

/** The draft after a change; `undefined` when nothing is left to save. */
export function draftAfter(draft: Draft | undefined, fn: StoredFunction, change: Partial<Code>): Draft | undefined {
  const base = draft?.base ?? { ...codeOf(fn), version: fn.version };
  const next = { ...codeOf(draft ?? fn), ...change, base };
  return isSameCode(next, base) ? undefined : next;
}

/** Whether somebody saved other code than the draft began with. Other settings are no conflict. */
export function isConflict({ base, ...code }: Draft, fn: StoredFunction): boolean {
  return fn.version !== base.version && !isSameCode(fn, base) && !isSameCode(fn, code);
}

/** Reads a draft that was kept; `undefined` for anything else. */
export function parseDraft(text: string | null): Draft | undefined {
  const value = keptJson(text);
  if (!isCode(value) || !("base" in value) || !isCode(value.base)) return undefined;
  return "version" in value.base && typeof value.base.version === "number" ? (value as Draft) : undefined;
}

function isCode(value: unknown): value is Code {
  if (typeof value !== "object" || value === null) return false;
  const { handler, dependencies } = value as Partial<Code>;
  return typeof handler === "string" && typeof dependencies === "object" && dependencies !== null;
}
