import { LineCounter, parseDocument, stringify } from "yaml";
import type { Rule } from "../../mesh/rule.ts";
import type { EditorProblem } from "../ui/editor/editor-problem.ts";

/** How a rule is written. */
export type RuleFormat = "yaml" | "json";

/** A rule as text. */
export function printRule(rule: Rule, format: RuleFormat): string {
  return format === "json" ? `${JSON.stringify(rule, undefined, 2)}\n` : stringify(rule, { lineWidth: 100 });
}

/** What a text says: a rule, or what keeps it from being one. Whether the rule is a good one, the gateway knows. */
export function readRule(
  text: string,
):
  | { readonly rule: Rule; readonly problem?: undefined }
  | { readonly rule?: undefined; readonly problem: EditorProblem } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const [message = ""] = error.message.split(/ at line \d|\n/);
    return { problem: { line: Math.max(line, 1), column: Math.max(col, 1), tone: "bad", message } };
  }
  const value: unknown = document.toJS();
  if (typeof value === "string" && ["allow", "deny", "authenticated"].includes(value)) {
    return { rule: { rule: value as "allow" } };
  }
  if (typeof value === "object" && value !== null && typeof (value as { rule?: unknown }).rule === "string") {
    // What else is wrong with it is found by the gateway, which checks every change.
    return { rule: value as Rule };
  }
  const message =
    "a rule is an object with a field rule, such as { rule: authenticated }, or the word allow, deny or authenticated";
  return { problem: { line: 1, column: 1, tone: "bad", message } };
}

/** Where something inside a rule stands in its text. @param inside `clauses[0].f1`; the nearest place that is there counts */
export function placeInText(text: string, inside: string): { line: number; column: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  const steps = inside
    .split(/[.[\]]+/)
    .flatMap((step) => (step === "" ? [] : [/^\d+$/.test(step) ? Number(step) : step]));
  for (let length = steps.length; length > 0; length--) {
    const node: unknown = document.getIn(steps.slice(0, length), true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range?.[0] !== undefined) {
      const { line, col } = lines.linePos(range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}
