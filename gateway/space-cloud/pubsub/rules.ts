import type { Rule } from "../../../mesh/rule.ts";
import type { PubsubRuleConfig } from "../../config.ts";
import type { CompiledRule } from "../../rules.ts";
import { segmentsOf } from "./subject.ts";

/** What a client wants to do at a subject. */
export type PubsubAction = "publish" | "subscribe";

/** What a project's configuration says of a subject and of those below it. */
export interface PubsubRule {
  /** Without one, nobody may publish. */
  readonly publish: CompiledRule | undefined;
  /** Without one, nobody may subscribe. */
  readonly subscribe: CompiledRule | undefined;
}

/** The rule that decides about a subject, with what its `:name` segments stand for there. */
export interface RuledSubject {
  /** The same object for all subjects that it decides about. */
  readonly rule: PubsubRule;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the rule of a subject; `undefined` when there is none, which is a refusal. */
export type PubsubRules = (segments: readonly string[]) => RuledSubject | undefined;

interface Entry extends PubsubRule {
  readonly segments: readonly string[];
}

/**
 * Compiles the rules of a project's subjects. Of those that a subject begins with the longest decides; of equally long ones the
 * one that names a segment, where the other has `:name`; of equal ones the first.
 */
export function compilePubsubRules(
  rules: readonly PubsubRuleConfig[],
  compile: (rule: Rule) => CompiledRule,
): PubsubRules {
  const entries = rules
    .map(({ subject, publish, subscribe }): Entry => ({
      segments: segmentsOf(subject),
      publish: publish && compile(publish),
      subscribe: subscribe && compile(subscribe),
    }))
    .toSorted((a, b) => b.segments.length - a.segments.length || compareNamed(a.segments, b.segments));
  return (segments) => {
    const rule = entries.find((entry) => isPrefix(entry.segments, segments));
    return rule && { rule, params: boundParams(rule.segments, segments) };
  };
}

function isPrefix(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length <= segments.length &&
    pattern.every((part, index) => part.startsWith(":") || part === segments[index])
  );
}

function compareNamed(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, at) => part.startsWith(":") !== b[at]?.startsWith(":"));
  if (index === -1) return 0;
  return a[index]?.startsWith(":") === true ? 1 : -1;
}

function boundParams(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> {
  // Not by assignment: a segment may be called `:__proto__`.
  return Object.fromEntries(
    pattern.flatMap((part, index) => (part.startsWith(":") ? [[part.slice(1), segments[index] ?? ""]] : [])),
  );
}
