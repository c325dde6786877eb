import type { MatchRule, Rule } from "../../mesh/rule.ts";
import { COMPARISONS, type Comparable, compare, parseRight } from "./comparison.ts";
import { isVariable } from "./variable.ts";

/** What a `match` between a variable and a literal demands of the variable. */
interface Demand {
  readonly variable: string;
  readonly type: MatchRule["type"];
  readonly eval: MatchRule["eval"];
  readonly value: Comparable | readonly Comparable[];
}

/** Variables of which the clauses of an `and` demand what no value can be; one text each. */
export function contradictions(clauses: readonly Rule[]): string[] {
  const byVariable = Map.groupBy(flatten(clauses), (demand) => demand.variable);
  const found: string[] = [];
  for (const [variable, demands] of byVariable) {
    if (!isPossible(demands)) found.push(`never passes: its clauses contradict each other about ${variable}`);
    const isAbsent = byVariable.get(`utils.exists(${variable})`)?.some((demand) => !allows(demand, true)) ?? false;
    if (isAbsent) found.push(`never passes: it demands that ${variable} is absent, and compares it`);
  }
  return found;
}

/** Whether two clauses of an `or` are each other's opposite about a helper that always has a value. */
export function isAlwaysTrue(clauses: readonly Rule[]): boolean {
  const demands = clauses.map(demandOf).filter((demand) => demand !== undefined);
  const existence = Map.groupBy(
    demands.filter((demand) => demand.variable.startsWith("utils.exists(") && demand.type === "bool"),
    (demand) => demand.variable,
  );
  return [...existence.values()].some((about) => [true, false].every((value) => about.some((d) => allows(d, value))));
}

function flatten(clauses: readonly Rule[]): Demand[] {
  return clauses.flatMap((clause) => {
    if (clause.rule === "and") return flatten(clause.clauses);
    return demandOf(clause) ?? [];
  });
}

const TURNED: Readonly<Partial<Record<MatchRule["eval"], MatchRule["eval"]>>> = {
  "==": "==",
  "!=": "!=",
  ">": "<",
  ">=": "<=",
  "<": ">",
  "<=": ">=",
};

function demandOf(rule: Rule): Demand | undefined {
  if (rule.rule !== "match" || !COMPARISONS[rule.type].evals.includes(rule.eval)) return undefined;
  const [left, right] = [rule.f1, rule.f2];
  const isLeft = typeof left === "string" && isVariable(left);
  const isRight = typeof right === "string" && isVariable(right);
  const operator = isLeft ? rule.eval : TURNED[rule.eval];
  const variable = isLeft ? left : right;
  if (isLeft === isRight || operator === undefined || typeof variable !== "string") return undefined;
  const value = parseRight({ type: rule.type, eval: operator }, isLeft ? right : left);
  return value === undefined ? undefined : { variable, type: rule.type, eval: operator, value };
}

function isPossible(demands: readonly Demand[]): boolean {
  // A date may be written as a text or a number, and a path is a text; the other types exclude each other.
  const kinds = demands.map(({ type }) => (type === "path" ? "string" : type)).filter((type) => type !== "date");
  if (new Set(kinds).size > 1) return false;
  if (new Set(demands.map((demand) => demand.type)).size > 1) return true;
  return candidates(demands).some((value) => demands.every((demand) => allows(demand, value)));
}

/** Values of which at least one fits if any value at all does. */
function candidates(demands: readonly Demand[]): Comparable[] {
  const named = demands.flatMap(({ value }) => value);
  if (demands[0]?.type === "bool") return [true, false];
  if (demands[0]?.type === "path") return [...named, ...["", ...named].map((above) => `${above}/${ANY_OTHER_TEXT}`)];
  const numbers = [...new Set(named.filter((value) => typeof value === "number"))].toSorted((a, b) => a - b);
  if (numbers.length === 0) return [...named, ANY_OTHER_TEXT];
  // Besides the named numbers themselves: one below, one above, and one within each gap.
  const between = numbers.flatMap((low, index) => {
    const high = numbers[index + 1];
    return high === undefined ? [] : [low + (high - low) / 2];
  });
  const [lowest = 0, highest = 0] = [numbers[0], numbers.at(-1)];
  return [...numbers, ...between, below(lowest), above(highest)];
}

const ANY_OTHER_TEXT = "\u0000 any other text";

function below(value: number): number {
  return value - Math.max(1, Math.abs(value));
}

function above(value: number): number {
  return value + Math.max(1, Math.abs(value));
}

function allows(demand: Demand, value: Comparable): boolean {
  return compare(demand, value, demand.value);
}
