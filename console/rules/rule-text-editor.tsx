import { type ReactNode, useMemo, useState } from "react";
import type { Rule } from "../../mesh/rule.ts";
import { CodeEditor } from "../ui/code-editor.tsx";
import { completeRule } from "./complete-rule.ts";
import type { Remark } from "./findings.ts";
import type { OperandName } from "./operand-names.ts";
import { type RuleFormat, placeInText, printRule, readRule } from "./rule-text.ts";
import { isSame } from "./same.ts";

/** A rule as YAML or JSON. What is written stays as it is written while it means the rule. */
export function RuleTextEditor({
  rule,
  brokenText,
  format,
  names,
  remarks,
  isReadOnly,
  onRule,
  onBroken,
  onSave,
}: {
  readonly rule: Rule;
  /** A text that is no rule yet. */
  readonly brokenText: string | undefined;
  readonly format: RuleFormat;
  readonly names: readonly OperandName[];
  readonly remarks: readonly Remark[];
  readonly isReadOnly: boolean;
  readonly onRule: (rule: Rule) => void;
  readonly onBroken: (text: string) => void;
  readonly onSave: () => void;
}): ReactNode {
  const [written, setWritten] = useState({ format, text: brokenText ?? printRule(rule, format) });
  const complete = useMemo(() => completeRule(names), [names]);
  const read = useMemo(() => readRule(written.text), [written.text]);
  const isStill = written.text === brokenText || (written.format === format && isSame(read.rule, rule));
  const text = brokenText ?? (isStill ? written.text : printRule(rule, format));
  const problems = useMemo(() => {
    const { problem } = readRule(text);
    if (problem !== undefined) return [problem];
    return remarks.map(({ tone, message, entry }) => ({ tone, message, ...placeInText(text, entry?.inside ?? "") }));
  }, [text, remarks]);
  const change = (next: string): void => {
    // The editor repeats what it was given.
    if (next === text) return;
    setWritten({ format, text: next });
    const { rule: meant } = readRule(next);
    if (meant === undefined) onBroken(next);
    else onRule(meant);
  };
  return (
    <CodeEditor
      label={`Rule as ${format.toUpperCase()}`}
      value={text}
      language={format}
      problems={problems}
      complete={complete}
      isReadOnly={isReadOnly}
      onChange={change}
      onSave={onSave}
    />
  );
}
