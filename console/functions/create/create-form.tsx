import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { FunctionInput } from "../../../mesh/function.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { editorLanguage } from "../edit/editor-language.ts";
import { useFunctions } from "../use-functions.ts";
import styles from "./create.module.css";
import { freeLabel, labelProblem } from "./label-problem.ts";
import { TemplateChoice } from "./template-choice.tsx";
import type { FunctionTemplate } from "./templates.ts";
import { useCreate } from "./use-create.ts";

const RUNTIME_LABELS: Readonly<Record<FunctionInput["runtime"], string>> = {
  bun: "Bun",
  node: "Node.js",
  deno: "Deno",
  python: "Python",
};

/** Template, name and runtime of a new function. */
export function CreateForm({
  project,
  template,
}: {
  readonly project: string;
  readonly template: FunctionTemplate;
}): ReactNode {
  const { data: known = [] } = useFunctions(project);
  const taken = known.map(({ label }) => label);
  const [written, setWritten] = useState<string>();
  const [chosen, setChosen] = useState<FunctionInput["runtime"]>();
  const create = useCreate(project);
  const label = written ?? freeLabel(template.id, taken);
  const runtime = template.runtimes.find((each) => each === chosen) ?? template.runtimes[0];
  const isTaken =
    create.error instanceof ProblemError && create.error.status === 409 && create.variables?.label === label;
  const problem = isTaken ? create.error?.message : labelProblem(label, create.isPending ? [] : taken);
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (label === "" || problem !== undefined) return;
        create.mutate({ label, template: template.template, runtime, handler: template.handler });
      }}
    >
      <TemplateChoice chosen={template} />
      <div className={styles["details"]}>
        <div className={styles["fields"]}>
          <Field
            label="Name"
            error={problem}
            hint={
              <>
                It is called as <code>{label === "" ? "name" : label}.handler</code>
              </>
            }
          >
            <TextInput isCode required autoComplete="off" value={label} onChange={setWritten} />
          </Field>
          <Field label="Runtime">
            <Select
              options={template.runtimes.map((value) => ({ value, label: RUNTIME_LABELS[value] }))}
              value={runtime}
              onChange={setChosen}
              isDisabled={template.runtimes.length === 1}
            />
          </Field>
          <Button type="submit" variant="primary" icon={<Plus aria-hidden="true" />} isBusy={create.isPending}>
            Create
          </Button>
        </div>
        {create.error !== null && !isTaken && (
          <ErrorNotice title={`“${create.variables?.label ?? label}” was not created`} error={create.error} />
        )}
        <CodeBlock title={template.title} code={template.handler} language={editorLanguage(template.template)} />
      </div>
    </form>
  );
}
