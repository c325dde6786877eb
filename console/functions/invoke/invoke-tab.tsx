import { Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeEditor } from "../../ui/code-editor.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import layout from "../../ui/layout.module.css";
import { Segments } from "../../ui/segments.tsx";
import { useShortcut } from "../../ui/use-shortcut.ts";
import { HowToCall } from "../detail/how-to-call.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { CallAnswer } from "./call-answer.tsx";
import { CallHistory } from "./call-history.tsx";
import { type CallWay, jsonProblem } from "./call-function.ts";
import styles from "./invoke.module.css";
import { useCalls } from "./use-calls.ts";

const WAYS: Readonly<Record<CallWay, { readonly label: string; readonly hint: string }>> = {
  id: {
    label: "By its id",
    hint: "Recorded as an invocation. Its own rule is not asked: only that of this API.",
  },
  mesh: {
    label: "As everybody calls it",
    hint: "Through the mesh, with a token of yours, under the rule of its handler.",
  },
};

/** Calls a function, and shows what it answers. */
export function InvokeTab({ project, fn }: FunctionTabProps): ReactNode {
  const { made, call, cancel, forget } = useCalls(project, fn);
  const [way, setWay] = useState<CallWay>(made[0]?.way ?? "id");
  const [params, setParams] = useState(made[0]?.params ?? "{}");
  const [shown, setShown] = useState<number>();
  const problem = jsonProblem(params);
  const answer = made.find(({ key }) => key === shown) ?? made[0];
  const run = (): void => {
    if (problem !== undefined || call.isPending) return;
    call.mutate({ way, params }, { onSuccess: () => setShown(undefined) });
  };
  useShortcut("mod enter", run, { description: "Call the function" });

  return (
    <div className={layout["columns"]}>
      <div className={layout["stack"]}>
        <Card
          title="Call"
          actions={
            <Segments
              label="How it is called"
              options={[
                { value: "id", label: WAYS.id.label },
                { value: "mesh", label: WAYS.mesh.label },
              ]}
              value={way}
              onChange={setWay}
            />
          }
        >
          <div className={layout["stack"]}>
            <p className={styles["soft"]}>{WAYS[way].hint}</p>
            <CodeEditor
              label={way === "id" ? "Data, as JSON" : "Params, as JSON"}
              language="json"
              value={params}
              onChange={setParams}
              height="12rem"
              onRun={run}
            />
            {problem !== undefined && <p className={styles["bad"]}>That is no JSON: {problem}</p>}
            <div className={styles["foot"]}>
              <Button
                variant="primary"
                icon={<Play aria-hidden="true" />}
                isBusy={call.isPending}
                disabled={problem !== undefined}
                onClick={run}
              >
                Call
              </Button>
              {call.isPending ? (
                <Button onClick={cancel}>Give up</Button>
              ) : (
                <span className={styles["soft"]}>
                  <Kbd keys="mod enter" />
                </span>
              )}
            </div>
          </div>
        </Card>
      </div>
      <div className={layout["stack"]}>
        {call.isError && call.error.name !== "AbortError" && (
          <ErrorNotice title="It cannot be called" error={call.error} onRetry={run} />
        )}
        <CallAnswer project={project} fn={fn} answer={answer} isBusy={call.isPending} />
        <CallHistory
          made={made}
          shown={answer?.key}
          onShow={(each) => {
            setShown(each.key);
            setWay(each.way);
            setParams(each.params);
          }}
          onForget={forget}
        />
        <Card title="From elsewhere">
          <HowToCall project={project} fn={fn} params={problem === undefined ? params : "{}"} />
        </Card>
      </div>
    </div>
  );
}
