import { type ReactNode, useId } from "react";
import type { FuncRule, QueryRule, WebhookRule } from "../../mesh/rule.ts";
import { Field, TextInput } from "../ui/field.tsx";
import { FindFields } from "./find-fields.tsx";
import styles from "./builder.module.css";
import { NameOptions } from "./name-options.tsx";
import type { OperandName } from "./operand-names.ts";

/** Which function is asked. */
export function FuncFields({
  rule,
  known,
  onChange,
}: {
  readonly rule: FuncRule;
  /** Functions there are, by service. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly onChange: (rule: FuncRule) => void;
}): ReactNode {
  const [services, functions] = [useId(), useId()];
  return (
    <div className={styles["pair"]}>
      <Field label="Service">
        <TextInput
          isCode
          value={rule.service ?? ""}
          list={services}
          onChange={(service) => onChange({ ...rule, service })}
        />
        <NameOptions id={services} names={Object.keys(known).map((name) => ({ name }))} />
      </Field>
      <Field label="Function" hint='It agrees by answering {"ack": true}'>
        <TextInput isCode value={rule.func ?? ""} list={functions} onChange={(func) => onChange({ ...rule, func })} />
        <NameOptions id={functions} names={known[rule.service]?.map((name) => ({ name })) ?? []} />
      </Field>
    </div>
  );
}

/** Which URL is asked. */
export function WebhookFields({
  rule,
  onChange,
}: {
  readonly rule: WebhookRule;
  readonly onChange: (rule: WebhookRule) => void;
}): ReactNode {
  return (
    <Field label="URL" hint="Its host has to be listed in webhooks.allowHosts. Any 2xx status lets the call through.">
      <TextInput isCode type="url" value={rule.url ?? ""} onChange={(url) => onChange({ ...rule, url })} />
    </Field>
  );
}

/** Which table is asked for what. */
export function QueryFields({
  rule,
  names,
  onChange,
}: {
  readonly rule: QueryRule;
  readonly names: readonly OperandName[];
  readonly onChange: (rule: QueryRule) => void;
}): ReactNode {
  return (
    <>
      <div className={styles["pair"]}>
        <Field label="Database" hint="One of databases">
          <TextInput isCode value={rule.db ?? ""} onChange={(db) => onChange({ ...rule, db })} />
        </Field>
        <Field label="Table">
          <TextInput isCode value={rule.col ?? ""} onChange={(col) => onChange({ ...rule, col })} />
        </Field>
      </div>
      <FindFields find={rule.find ?? {}} names={names} onChange={(find) => onChange({ ...rule, find })} />
    </>
  );
}
