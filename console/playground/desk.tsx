import { Play, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { useShortcut } from "../ui/use-shortcut.ts";
import { CallerField } from "./caller-field.tsx";
import { CodeCard } from "./code-card.tsx";
import { type Draft, JSON_TYPE, isTimeout } from "./draft.ts";
import { InputEditor } from "./input-editor.tsx";
import type { KnownFunction } from "./known-functions.ts";
import { OptionFields } from "./option-fields.tsx";
import type { Outcome } from "./outcome.ts";
import { OutcomeView } from "./outcome-view.tsx";
import styles from "./playground.module.css";
import type { PlaygroundSearch } from "./search.ts";
import { useDraft } from "./use-draft.ts";
import { usePlaygroundCall } from "./use-playground-call.ts";

/** One function: what is sent to it, and what comes back. */
export function Desk({
  project,
  search,
  body,
  known,
  isRecorded,
  onDone,
}: {
  readonly project: string;
  readonly search: PlaygroundSearch;
  /** What it begins with when the address has no body. */
  readonly body: string;
  /** Not there for one that was named by hand. */
  readonly known: KnownFunction | undefined;
  readonly isRecorded: boolean;
  readonly onDone: (draft: Draft, outcome: Outcome) => void;
}): ReactNode {
  const { draft, change } = useDraft(search, body);
  const call = usePlaygroundCall(project, onDone);
  const { isRunning, outcome, tokenError } = call;
  const [formKey, setFormKey] = useState(0);
  const canSend = draft.service !== "" && draft.name !== "" && isTimeout(draft.timeout);
  const send = (): void => {
    if (canSend) call.send(draft);
  };
  useShortcut("mod Enter", send, { description: "Send the call" });

  /** Before an editor makes a line of it. */
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  };
  return (
    <div className={styles["desk"]} onKeyDownCapture={onKeyDownCapture}>
      <Card
        title="Request"
        actions={
          <Button
            size="small"
            variant="quiet"
            onClick={() => {
              change({ body });
              setFormKey((before) => before + 1);
            }}
          >
            Start over
          </Button>
        }
      >
        <div className={styles["request"]}>
          <InputEditor
            key={formKey}
            schema={known?.view?.inputSchema ?? null}
            body={draft.body}
            type={draft.type}
            findings={outcome?.problem?.errors ?? []}
            onChange={change}
          />
          <CallerField caller={draft.caller} onChange={(caller) => change({ caller })} />
          <OptionFields draft={draft} onChange={change} />
          <div className={styles["send"]}>
            <Button
              variant="primary"
              icon={<Play aria-hidden="true" />}
              isBusy={isRunning}
              disabled={!canSend}
              onClick={send}
            >
              Send
            </Button>
            {isRunning && (
              <Button icon={<Square aria-hidden="true" />} onClick={call.stop}>
                Stop
              </Button>
            )}
            <span className={styles["keys"]}>
              <Kbd keys="mod Enter" />
            </span>
          </div>
        </div>
      </Card>
      <div className={styles["answers"]}>
        <Card title="Answer">
          {tokenError !== undefined && <ErrorNotice error={tokenError} title="There is no token for this call" />}
          {outcome !== undefined && (
            <OutcomeView
              project={project}
              outcome={outcome}
              isRecorded={isRecorded}
              hasFields={draft.type === JSON_TYPE}
            />
          )}
          {outcome === undefined && isRunning && <SkeletonLines label="The function is called" />}
          {outcome === undefined && !isRunning && tokenError === undefined && (
            <EmptyState icon={<Play aria-hidden="true" />} title="Nothing was sent yet">
              The answer, its status and where the time went are shown here.
            </EmptyState>
          )}
        </Card>
        <CodeCard project={project} draft={draft} isStream={outcome?.body.kind === "items"} />
      </div>
    </div>
  );
}
