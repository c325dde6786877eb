import { Rocket } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import { useSession } from "../../session/session-context.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import layout from "../../ui/layout.module.css";
import { Select } from "../../ui/select.tsx";
import { trafficInWords } from "../detail/traffic-words.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { withShare } from "../versions/shares.ts";
import { useDeploy } from "./deploy-api.ts";
import styles from "./deploy.module.css";

/** Says which version is deployed, and for how many of the calls. */
export function DeployForm({
  project,
  fn,
  version: first,
  deployed,
  isBusy,
  onJob,
}: FunctionTabProps & {
  readonly version: number;
  /** `null` when it is not deployed; `undefined` while that is not known. */
  readonly deployed: DeployedFunction | null | undefined;
  /** Something of it is being deployed. */
  readonly isBusy: boolean;
  readonly onJob: (id: string) => void;
}): ReactNode {
  const { can } = useSession();
  const [version, setVersion] = useState(String(first));
  const [percent, setPercent] = useState("100");
  const deploy = useDeploy(project, fn);
  const chosen = /^\d{1,3}$/.test(percent) && Number(percent) <= 100 ? Number(percent) : undefined;
  const others = Object.entries(deployed?.traffic ?? {}).filter(([name, share]) => share > 0 && name !== version);
  const preview = chosen === undefined ? undefined : previewOf(others, Number(version), chosen);
  const why = !can("change")
    ? "Your role may look at functions, not deploy them."
    : isBusy
      ? "Something of it is being deployed; wait for it, or cancel it."
      : undefined;

  const start = (): void => {
    if (chosen === undefined) return;
    deploy.mutate({ version: Number(version), percent: chosen }, { onSuccess: ({ id }) => onJob(id) });
  };
  return (
    <Card title="Deploy a version" description="It is built before, if it was not. Calls go there once it is ready.">
      <form
        className={layout["stack"]}
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <div className={styles["fields"]}>
          <Field label="Version">
            <Select
              options={versionOptions(fn.version, deployed)}
              value={version}
              onChange={setVersion}
              isDisabled={why !== undefined}
            />
          </Field>
          <Field
            label="Calls, in percent"
            {...(chosen === undefined && { error: "Use a whole number from 0 to 100." })}
          >
            <TextInput inputMode="numeric" isCode value={percent} onChange={setPercent} disabled={why !== undefined} />
          </Field>
        </div>
        {preview !== undefined && <p className={styles["soft"]}>{preview}</p>}
        {deploy.isError && <ErrorNotice title="It cannot be deployed" error={deploy.error} onRetry={start} />}
        <div className={styles["foot"]}>
          <Button
            type="submit"
            variant="primary"
            icon={<Rocket aria-hidden="true" />}
            isBusy={deploy.isPending}
            disabled={why !== undefined || chosen === undefined}
          >
            Deploy version {version}
          </Button>
          {why !== undefined && <span className={styles["soft"]}>{why}</span>}
        </div>
      </form>
    </Card>
  );
}

function previewOf(others: readonly (readonly [string, number])[], version: number, percent: number): string {
  if (others.length === 0) return "No other version gets calls: it gets all of them.";
  return `Then: ${trafficInWords(withShare(Object.fromEntries(others), version, percent))}.`;
}

/** Newest first; the API says so if one of them is not there. */
function versionOptions(
  newest: number,
  deployed: DeployedFunction | null | undefined,
): readonly { readonly value: string; readonly label: string; readonly note?: string }[] {
  return Array.from({ length: newest }, (_, index) => newest - index).map((version) => {
    const isDeployed = deployed?.versions.some((each) => each.version === version) === true;
    const percent = deployed?.traffic[version] ?? 0;
    return {
      value: String(version),
      label: `Version ${version}`,
      ...(isDeployed && { note: percent > 0 ? `deployed, ${percent} %` : "deployed" }),
    };
  });
}
