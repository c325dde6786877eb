import { type Diagnostic, linter } from "@codemirror/lint";
import { type Extension, StateEffect, StateField, type Text } from "@codemirror/state";
import type { EditorProblem } from "./editor-problem.ts";

/** Replaces the problems that are shown. */
export const setProblems = StateEffect.define<readonly EditorProblem[]>();

const problemsField = StateField.define<readonly EditorProblem[]>({
  create: () => [],
  update: (problems, { effects }) => effects.findLast((effect) => effect.is(setProblems))?.value ?? problems,
});

const SEVERITIES = { bad: "error", warning: "warning", info: "info" } as const;

/** Shows what was found elsewhere, beside what the editor finds itself. */
export const shownProblems: Extension = [
  problemsField,
  linter(({ state }) => state.field(problemsField).map((problem) => toDiagnostic(problem, state.doc)), {
    delay: 0,
    needsRefresh: ({ transactions }) =>
      transactions.some(({ effects }) => effects.some((effect) => effect.is(setProblems))),
  }),
];

/** The problem at its place; at the end of the word there, if it does not say where it ends. */
function toDiagnostic({ line, column, endLine, endColumn, tone, message }: EditorProblem, doc: Text): Diagnostic {
  const severity = SEVERITIES[tone];
  const from = offset(doc, line, column);
  if (endLine !== undefined && endColumn !== undefined) {
    return { from, to: Math.max(from, offset(doc, endLine, endColumn)), severity, message };
  }
  const text = doc.lineAt(from);
  const word = /^[\w$.-]+|^\S+/.exec(text.text.slice(from - text.from))?.[0] ?? "";
  return { from, to: from + word.length, severity, message };
}

function offset(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}
