import type { ReactNode } from "react";
import type { MatchRule } from "../../mesh/rule.ts";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { parseOperand, formatOperand } from "./operand.ts";
import { OperandInput } from "./operand-input.tsx";
import type { OperandName } from "./operand-names.ts";
import { EVALS, EVAL_WORDS } from "./rule-kinds.ts";
import styles from "./builder.module.css";

const TYPES = [
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "bool", label: "True or false" },
  { value: "date", label: "Date" },
  { value: "path", label: "Path" },
] as const;

/** Two operands and how they are compared. */
export function MatchFields({
  rule,
  names,
  onChange,
}: {
  readonly rule: MatchRule;
  readonly names: readonly OperandName[];
  readonly onChange: (rule: MatchRule) => void;
}): ReactNode {
  const evals: readonly MatchRule["eval"][] = EVALS[rule.type] ?? EVALS.string;
  const isList = rule.eval === "in" || rule.eval === "notIn";
  const setType = (type: MatchRule["type"]): void => {
    const allowed: readonly MatchRule["eval"][] = EVALS[type];
    const next = { ...rule, type, eval: allowed.includes(rule.eval) ? rule.eval : ("==" as const) };
    onChange(next);
  };
  const setEval = (comparison: MatchRule["eval"]): void => {
    const becomesList = comparison === "in" || comparison === "notIn";
    const f2 =
      becomesList === isList ? rule.f2 : parseOperand(formatOperand(rule.f2), { type: rule.type, isList: becomesList });
    onChange({ ...rule, eval: comparison, f2: f2 as MatchRule["f2"] });
  };
  return (
    <div className={styles["match"]}>
      <Field label="Compared as">
        <Select options={TYPES} value={rule.type} onChange={setType} />
      </Field>
      <OperandInput
        label="Left"
        value={rule.f1}
        kind={{ type: rule.type, isList: false }}
        names={names}
        onChange={(f1) => onChange({ ...rule, f1: f1 as MatchRule["f1"] })}
      />
      <Field label="Comparison">
        <Select
          options={evals.map((value) => ({ value, label: EVAL_WORDS[value] ?? value, note: value }))}
          value={rule.eval}
          onChange={setEval}
        />
      </Field>
      <OperandInput
        label="Right"
        value={rule.f2}
        kind={{ type: rule.type, isList }}
        names={names}
        onChange={(f2) => onChange({ ...rule, f2: f2 as MatchRule["f2"] })}
      />
    </div>
  );
}
