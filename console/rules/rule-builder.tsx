import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { ClausesRule, Rule } from "../../mesh/rule.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { FuncFields, QueryFields, WebhookFields } from "./asking-fields.tsx";
import styles from "./builder.module.css";
import type { Remark } from "./findings.ts";
import { MatchFields } from "./match-fields.tsx";
import type { OperandName } from "./operand-names.ts";
import { KINDS, type Kind, changeKind } from "./rule-kinds.ts";

/** What is known while a rule is built. */
export interface BuilderContext {
  readonly names: readonly OperandName[];
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly remarks: readonly Remark[];
  /** The clause that settled the call that is tried. */
  readonly decidedPath: string | undefined;
}

/** A rule by fields; the rules in it are built in the same way. */
export function RuleBuilder({
  rule,
  context,
  onChange,
  onRemove,
  path = "",
  title = "Who may call",
}: {
  readonly rule: Rule;
  readonly context: BuilderContext;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove?: () => void;
  /** Where it stands in the whole rule: `clauses[0]`. */
  readonly path?: string;
  readonly title?: string;
}): ReactNode {
  const isKnown = KINDS.some(({ value }) => value === rule.rule);
  const options = [...KINDS, ...(isKnown ? [] : [{ value: rule.rule as Kind, label: "A type that is not known" }])];
  const remarks = context.remarks.filter(({ entry }) => isAt(entry?.inside, path));
  return (
    <div className={styles["rule"]} data-decided={context.decidedPath === path || undefined} data-path={path}>
      <div className={styles["head"]}>
        <Field label={title}>
          <Select options={options} value={rule.rule as Kind} onChange={(kind) => onChange(changeKind(rule, kind))} />
        </Field>
        {onRemove !== undefined && (
          <IconButton label={`Remove ${title.toLowerCase()}`} icon={<Trash2 aria-hidden="true" />} onClick={onRemove} />
        )}
      </div>
      <RuleFields rule={rule} context={context} onChange={onChange} path={path} title={title} />
      {remarks.map(({ message, tone }) => (
        <p key={message} className={styles["remark"]} data-tone={tone}>
          {message}
        </p>
      ))}
      {rule.rule !== "allow" && (path === "" || rule.message !== undefined) && (
        <Field label="Refused callers are told" isOptional>
          <TextInput
            value={rule.message ?? ""}
            placeholder="only the support team may refund"
            maxLength={500}
            onChange={(message) => onChange(withMessage(rule, message))}
          />
        </Field>
      )}
    </div>
  );
}

function RuleFields({
  rule,
  context,
  onChange,
  path,
  title,
}: Required<Omit<Parameters<typeof RuleBuilder>[0], "onRemove">>): ReactNode {
  switch (rule.rule) {
    case "match":
      return <MatchFields rule={rule} names={context.names} onChange={onChange} />;
    case "and":
    case "or":
      return <ClausesFields rule={rule} context={context} onChange={onChange} path={path} title={title} />;
    case "func":
      return <FuncFields rule={rule} known={context.known} onChange={onChange} />;
    case "webhook":
      return <WebhookFields rule={rule} onChange={onChange} />;
    case "query":
      return <QueryFields rule={rule} names={context.names} onChange={onChange} />;
    default:
      return null;
  }
}

function ClausesFields({
  rule,
  context,
  onChange,
  path,
  title,
}: {
  readonly rule: ClausesRule;
  readonly context: BuilderContext;
  readonly onChange: (rule: Rule) => void;
  readonly path: string;
  readonly title: string;
}): ReactNode {
  const clauses: readonly Rule[] = Array.isArray(rule.clauses) ? rule.clauses : [];
  const outer = /^Clause (.*)$/.exec(title)?.[1];
  return (
    <div className={styles["clauses"]}>
      {clauses.map((clause, index) => (
        <RuleBuilder
          // oxlint-disable-next-line react/no-array-index-key -- clauses have no names of their own
          key={index}
          rule={clause}
          context={context}
          path={`${path === "" ? "" : `${path}.`}clauses[${index}]`}
          title={`Clause ${outer === undefined ? "" : `${outer}.`}${index + 1}`}
          onChange={(next) => onChange({ ...rule, clauses: clauses.with(index, next) })}
          onRemove={() => onChange({ ...rule, clauses: clauses.toSpliced(index, 1) })}
        />
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus aria-hidden="true" />}
          onClick={() => onChange({ ...rule, clauses: [...clauses, changeKind({ rule: "deny" }, "match")] })}
        >
          Add a clause{outer === undefined ? "" : ` to clause ${outer}`}
        </Button>
      </div>
    </div>
  );
}

function withMessage(rule: Rule, message: string): Rule {
  const { message: _, ...rest } = rule;
  return message === "" ? rest : { ...rest, message };
}

/** Whether something about `inside` of the rule is about the clause at `path`, and about none in it. */
function isAt(inside: string | undefined, path: string): boolean {
  if (inside === undefined) return false;
  const at = inside.replace(/\.?(?:f1|f2|type|eval|url|db|col|find|service|func|function|message|rule)\b.*$/, "");
  return at === path;
}
