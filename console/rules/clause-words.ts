import type { Rule } from "../../mesh/rule.ts";
import { formatOperand } from "./operand.ts";
import { EVAL_WORDS } from "./rule-kinds.ts";

/** A rule in a few words, without those in it. */
export function clauseWords(rule: Rule): string {
  switch (rule.rule) {
    case "allow":
      return "everybody";
    case "authenticated":
      return "a valid token";
    case "deny":
      return "nobody";
    case "match":
      return `${formatOperand(rule.f1)} ${EVAL_WORDS[rule.eval] ?? rule.eval} ${formatOperand(rule.f2)}`;
    case "and":
      return "all of these";
    case "or":
      return "any of these";
    case "func":
      return `function ${rule.service}.${rule.func} agrees`;
    case "webhook":
      return `${rule.url} agrees`;
    case "query":
      return `${rule.db}.${rule.col} holds such a row`;
    default:
      return `the unknown rule ${String(rule.type)}`;
  }
}
