import type { Log } from "../../mesh/log.ts";
import type { MatchRule } from "../../mesh/rule.ts";
import type { RuleArgs } from "../rules.ts";
import { COMPARISONS, compare, parseRight } from "./comparison.ts";
import { type Operand, compileOperand, quote } from "./operand.ts";
import { type Leaf, looking } from "./predicate.ts";

/** Compiles a comparison. What does not resolve, or is of another type, refuses. */
export function compileMatch(rule: MatchRule, deps: { now: () => number; log: Log }): Leaf {
  const left = compileOperand(rule.f1, deps.now);
  const right = compileOperand(rule.f2, deps.now);
  const { parse } = COMPARISONS[rule.type];
  const readLeft = reader(left, parse);
  const readRight = reader(right, (value) => parseRight(rule, value));
  const problems = problemsOf(rule, left, right);
  const isHopeless = problems.length > 0;
  return looking(rule, {
    log: deps.log,
    readsParams: [left, right].some((side) => side.variable?.readsParams === true),
    problems,
    test(args) {
      if (isHopeless) return false;
      const a = readLeft(args);
      const b = a === undefined ? undefined : readRight(args);
      return a !== undefined && b !== undefined && compare(rule, a, b);
    },
    because: (args, passed) => (isHopeless ? problems.join("; ") : reason(rule, { left, right, args, passed })),
  });
}

// Literals are parsed once, here.
function reader<T>(operand: Operand, parse: (value: unknown) => T): (args: RuleArgs) => T {
  const { variable, source } = operand;
  if (variable !== undefined) return (args) => parse(variable.read(args));
  const parsed = parse(source);
  return () => parsed;
}

function problemsOf(rule: MatchRule, left: Operand, right: Operand): string[] {
  const { title, evals, parse } = COMPARISONS[rule.type];
  if (!evals.includes(rule.eval)) {
    return [`eval ${quote(rule.eval)} does not exist for type ${quote(rule.type)}; use one of ${evals.join(" ")}`];
  }
  const problems = [left.problem, right.problem].filter((problem) => problem !== undefined);
  if (left.variable === undefined && left.problem === undefined && parse(left.source) === undefined) {
    problems.push(`f1 ${quote(left.source)} is not ${title}`);
  }
  if (right.variable === undefined && right.problem === undefined) {
    const isList = rule.eval === "in" || rule.eval === "notIn";
    const elements: readonly unknown[] = Array.isArray(right.source) ? right.source : [right.source];
    if (isList && !Array.isArray(right.source)) {
      problems.push(`f2 ${quote(right.source)} is not a list, which ${rule.eval} needs`);
    } else if (!isList && Array.isArray(right.source)) {
      problems.push(`f2 ${quote(right.source)} is a list; only in and notIn compare with lists`);
    } else if (elements.some((each) => parse(each) === undefined)) {
      problems.push(`f2 ${quote(right.source)} is not ${isList ? `a list each of which is ${title}` : title}`);
    }
  }
  return problems;
}

const WANTED: Readonly<Record<MatchRule["eval"], string>> = {
  "==": "",
  "!=": "anything but ",
  ">": "more than ",
  ">=": "at least ",
  "<": "less than ",
  "<=": "at most ",
  in: "one of ",
  notIn: "none of ",
};

const WANTED_PATH: Readonly<Partial<typeof WANTED>> = { in: "a path within ", notIn: "a path outside of " };

function reason(
  rule: MatchRule,
  { left, right, args, passed }: { left: Operand; right: Operand; args: RuleArgs; passed: boolean },
): string {
  const values = [left, right].filter((side) => side.variable !== undefined).map((side) => valueOf(side, args));
  if (values.length === 0) return `${textOf(left)} ${rule.eval} ${textOf(right)} is always ${passed}`;
  if (passed) return values.join(", ");
  if (left.variable === undefined) return `${values.join()}, so ${textOf(left)} ${rule.eval} it does not hold`;
  const { title, parse } = COMPARISONS[rule.type];
  const value = left.read(args);
  if (value !== undefined && parse(value) === undefined) return `${valueOf(left, args)}, which is not ${title}`;
  const wanted = right.variable === undefined ? textOf(right) : `${textOf(right)}, which is ${shown(right, args)}`;
  const words = (rule.type === "path" && WANTED_PATH[rule.eval]) || WANTED[rule.eval];
  return `${valueOf(left, args)}, wanted ${words}${wanted}`;
}

function valueOf(operand: Operand, args: RuleArgs): string {
  return `${textOf(operand)} is ${shown(operand, args)}`;
}

function shown(operand: Operand, args: RuleArgs): string {
  const value = operand.read(args);
  return value === undefined ? "missing" : quote(value);
}

function textOf(operand: Operand): string {
  return operand.variable?.text ?? quote(operand.source);
}
