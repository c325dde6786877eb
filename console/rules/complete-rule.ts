import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { EVALS, EVAL_WORDS, KINDS } from "./rule-kinds.ts";
import type { OperandName } from "./operand-names.ts";

const FIELDS: readonly Completion[] = [
  ["rule", "its kind"],
  ["type", "match: how operands are read"],
  ["eval", "match: how they are compared"],
  ["f1", "match: a value or a variable"],
  ["f2", "match: a value, a list or a variable"],
  ["clauses", "and, or: the rules in it"],
  ["service", "func: whose function is asked"],
  ["func", "func: the function that is asked"],
  ["url", "webhook: where the question goes"],
  ["db", "query: the database"],
  ["col", "query: the table"],
  ["find", "query: how a row fits"],
  ["message", "what refused callers see"],
].map(([label = "", detail = ""]) => ({ label, detail, type: "property" }));

const VALUES: Readonly<Record<string, readonly Completion[]>> = {
  rule: KINDS.map(({ value, label }) => ({ label: value, detail: label, type: "keyword" })),
  type: Object.keys(EVALS).map((label) => ({ label, type: "type" })),
  eval: Object.entries(EVAL_WORDS).map(([label, detail]) => ({ label, detail, type: "keyword" })),
};

/** Completes a rule as one types it, in YAML and JSON. */
export function completeRule(names: readonly OperandName[]): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w.()"[\]-]*/);
    const from = word?.from ?? context.pos;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, from - line.from);
    const inQuotes = (word?.text ?? "").startsWith('"') ? 1 : 0;
    const field = /["']?(\w+)["']?\s*:\s*["']?$/.exec(before)?.[1];
    const operands = names.map(({ name, note }) => ({ label: name, detail: note, type: "variable" }));
    const isOperand = field === "f1" || field === "f2" || /^"?(args|utils)/.test(word?.text ?? "");
    if (isOperand) return { from: from + inQuotes, options: operands };
    const values = field === undefined ? undefined : VALUES[field];
    if (values !== undefined) return { from: from + inQuotes, options: [...values] };
    const isKeyPlace = /^\s*(- +)*$|[{,]\s*["']?$/.test(before);
    if (!isKeyPlace || (!context.explicit && word?.text === "")) return null;
    return { from: from + inQuotes, options: [...FIELDS] };
  };
}
