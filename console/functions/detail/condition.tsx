import type { ReactNode } from "react";
import type { Condition, DeployedState } from "../../../mesh/deployment.ts";
import { Status } from "../../ui/badge.tsx";
import { Notice } from "../../ui/notice.tsx";
import { sentence } from "../../ui/sentence.ts";
import type { Tone } from "../../ui/tone.ts";
import { whatToDo } from "./what-to-do.ts";

const TONES: Readonly<Record<DeployedState, Tone>> = { ready: "good", progressing: "info", failed: "bad" };

/** How something that is deployed does, in a word or two. */
export function ConditionMark({
  condition: { state, reason, message },
  isPlain = false,
}: {
  readonly condition: Condition;
  readonly isPlain?: boolean;
}): ReactNode {
  return (
    <Status
      tone={TONES[state]}
      isBusy={state === "progressing"}
      isPlain={isPlain}
      {...(message !== undefined && { title: message })}
    >
      {reason === undefined ? state : `${state}: ${reason}`}
    </Status>
  );
}

/** Why something does not run, and what to do about it; nothing while all is well. */
export function ConditionNotice({ condition }: { readonly condition: Condition }): ReactNode {
  const { state, reason, message } = condition;
  if (state === "ready" || (reason === undefined && message === undefined)) return null;
  const advice = whatToDo(reason);
  return (
    <Notice tone={state === "failed" ? "bad" : "warning"} title={reason ?? state}>
      {message !== undefined && <p>{sentence(message)}</p>}
      {advice !== undefined && <p>{advice}</p>}
    </Notice>
  );
}
