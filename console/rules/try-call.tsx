import type { ReactNode } from "react";
import type { Rule } from "../../mesh/rule.ts";
import { Card } from "../ui/card.tsx";
import { Field, TextArea } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { Checkbox } from "../ui/toggles.tsx";
import { CALLERS, parseClaims, parseJson } from "./callers.ts";
import { askedBy } from "./rule-kinds.ts";
import type { Entry } from "./services.ts";
import type { Question } from "./use-question.ts";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Verdict } from "./use-verdict.ts";
import { VerdictView } from "./verdict-view.tsx";
import styles from "./verdict.module.css";

/** Asks whether a call would be allowed, by what is saved and by what is not, side by side. */
export function TryCall({
  entry,
  question,
  saved,
  unsaved,
  rules,
  onChange,
}: {
  readonly entry: Entry;
  readonly question: Question;
  readonly saved: UseQueryResult<Verdict>;
  /** Without, nothing is changed. */
  readonly unsaved: UseQueryResult<Verdict> | undefined;
  readonly rules: readonly (Rule | undefined)[];
  readonly onChange: (question: Question) => void;
}): ReactNode {
  const { caller, claims, params, given } = question;
  const preset = CALLERS.find(({ value }) => value === caller);
  const options = [
    ...CALLERS.map(({ value, label, note }) => ({ value, label, note })),
    { value: "own", label: "Claims of my own" },
  ];
  const asked = [...new Set(rules.flatMap(askedBy))];
  return (
    <Card title="Would this call be allowed?" description="Nobody is asked, and nothing is called.">
      <div className={styles["try"]}>
        <div className={styles["question"]}>
          <Field label="Called by">
            <Select
              options={options}
              value={caller}
              onChange={(next) => onChange({ ...question, caller: next, claims: preset?.claims ?? claims })}
            />
          </Field>
          {caller === "own" && (
            <Field label="Claims" error={parseClaims(claims).error}>
              <TextArea isCode rows={3} value={claims} onChange={(next) => onChange({ ...question, claims: next })} />
            </Field>
          )}
          <Field label="Params" hint="JSON; empty for none" error={parseJson(params).error}>
            <TextArea isCode rows={3} value={params} onChange={(next) => onChange({ ...question, params: next })} />
          </Field>
          {asked.length > 0 && (
            <fieldset className={styles["given"]}>
              <legend>Who would agree, if asked</legend>
              {asked.map((name) => (
                <Checkbox
                  key={name}
                  label={name}
                  isOn={given[name] === true}
                  onChange={(isOn) => onChange({ ...question, given: { ...given, [name]: isOn } })}
                />
              ))}
            </fieldset>
          )}
        </div>
        <div className={styles["verdicts"]}>
          <VerdictView entry={entry} title={unsaved === undefined ? "As it is saved" : "Saved"} query={saved} />
          {unsaved !== undefined && <VerdictView entry={entry} title="Not saved yet" query={unsaved} />}
        </div>
      </div>
    </Card>
  );
}
