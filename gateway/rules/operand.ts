import type { MatchRule } from "../../mesh/rule.ts";
import type { RuleArgs } from "../rules.ts";
import { type Variable, isVariable, parseVariable } from "./variable.ts";

/** One side of a comparison. */
export interface Operand {
  /** As it was written. */
  readonly source: MatchRule["f1"];
  readonly variable: Variable | undefined;
  /** Why it can never have a value. */
  readonly problem: string | undefined;
  /** The value now; `undefined` when it does not resolve. */
  read(args: RuleArgs): unknown;
}

/** Parses one side of a comparison. Never throws: what cannot be parsed never resolves. */
export function compileOperand(source: MatchRule["f1"], now: () => number): Operand {
  if (Array.isArray(source)) {
    const named = source.find((each) => typeof each === "string" && isVariable(each));
    if (named !== undefined) return unresolvable(source, `a list holds values, not variables as ${quote(named)}`);
  }
  if (typeof source !== "string" || !isVariable(source)) {
    return { source, variable: undefined, problem: undefined, read: () => source };
  }
  const variable = parseVariable(source, now);
  if (variable === undefined) {
    return unresolvable(
      source,
      `${quote(source)} is not a variable; they look like args.auth.role, args.params.items[0], ` +
        `utils.exists(args.params.id), utils.length(…) and utils.now()`,
    );
  }
  return { source, variable, problem: undefined, read: (args) => variable.read(args) };
}

/** A value for people, at most 80 characters of it. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function unresolvable(source: MatchRule["f1"], problem: string): Operand {
  return { source, variable: undefined, problem, read: () => undefined };
}
