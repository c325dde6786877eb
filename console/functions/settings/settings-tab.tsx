import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { classNames } from "../../ui/class-names.ts";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import layout from "../../ui/layout.module.css";
import { Notice } from "../../ui/notice.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { NetworkField } from "./network-field.tsx";
import { PairsEditor } from "./pairs-editor.tsx";
import { ScaleFields } from "./scale-fields.tsx";
import { SecretCommands } from "./secret-commands.tsx";
import styles from "./settings.module.css";
import { useSettings } from "./use-settings.ts";

/** What a function is given when it runs. Saving makes a new version. */
export function SettingsTab({ project, fn }: FunctionTabProps): ReactNode {
  const { can } = useSession();
  const form = useSettings(project, fn);
  const { draft, change, problems, save } = form;
  const isFixed = !can("change");

  return (
    <form
      className={layout["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <fieldset className={classNames(layout["columns"], styles["sections"])} disabled={isFixed}>
        <legend className="visually-hidden">Settings of version {fn.version}</legend>
        <div className={layout["stack"]}>
          <Card title="Environment" description="Variables that the function finds in its environment.">
            <PairsEditor
              what="variable"
              path="env"
              names={{ name: "Name", value: "Value" }}
              pairs={draft.env}
              problems={problems}
              onChange={(env) => change({ env })}
            />
          </Card>
          <Card
            title="Secrets"
            description="Variables by the name and key of a secret. Values are never shown, nor kept with the function."
          >
            <div className={layout["stack"]}>
              <PairsEditor
                what="secret"
                path="secrets"
                names={{ name: "Variable", value: "Secret" }}
                placeholder="stripe/api-key"
                pairs={draft.secrets}
                problems={problems}
                onChange={(secrets) => change({ secrets })}
              />
              <SecretCommands secrets={draft.secrets} />
            </div>
          </Card>
          <Card title="About it">
            <Field label="Description" isOptional error={problems.get("description")}>
              <TextInput value={draft.description} onChange={(description) => change({ description })} />
            </Field>
          </Card>
        </div>
        <div className={layout["stack"]}>
          <Card
            title="Calls and scale"
            description="An instance is started for every so many calls at once, and ends when it has nothing to do."
          >
            <ScaleFields draft={draft} problems={problems} onChange={change} />
          </Card>
          <Card title="Resources" description="What an instance may use at most.">
            <div className={styles["fields"]}>
              <Field label="Memory" hint="At least 32Mi." error={problems.get("resources.memory")}>
                <TextInput isCode value={draft.memory} onChange={(memory) => change({ memory })} />
              </Field>
              <Field label="Processors" hint="500m is half of one." error={problems.get("resources.cpu")}>
                <TextInput isCode value={draft.cpu} onChange={(cpu) => change({ cpu })} />
              </Field>
            </div>
          </Card>
          <Card title="Network">
            <NetworkField value={draft.network} isFixed={isFixed} onChange={(network) => change({ network })} />
          </Card>
        </div>
      </fieldset>
      <div className={styles["foot"]}>
        {(save.isError || form.isOutdated) && (
          <div className={styles["news"]}>
            {save.isError && (
              <ErrorNotice title="The settings cannot be saved" error={save.error} onRetry={form.submit} />
            )}
            {form.isOutdated && (
              <Notice
                tone="warning"
                title={`Version ${fn.version} was saved meanwhile`}
                actions={
                  <Button size="small" onClick={form.discard}>
                    Load version {fn.version}
                  </Button>
                }
              >
                What you changed is based on an older one, and cannot be saved over it.
              </Notice>
            )}
          </div>
        )}
        <Button
          type="submit"
          variant="primary"
          isBusy={save.isPending}
          disabled={isFixed || !form.isChanged || !form.canBeSent}
        >
          Save as version {fn.version + 1}
        </Button>
        {form.isChanged && <Button onClick={form.discard}>Discard</Button>}
        <span className={styles["soft"]}>
          {isFixed
            ? "Your role may look at the settings, not change them."
            : "A new version gets no calls until it is deployed."}
        </span>
      </div>
    </form>
  );
}
