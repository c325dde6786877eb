import { Circle, CircleCheck, CircleX, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import type { Job } from "../../../mesh/job.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatMs } from "../../ui/format.ts";
import styles from "./deploy.module.css";
import { type ShownStep, stepsOf } from "./steps.ts";

const ICONS = { done: CircleCheck, failed: CircleX, running: LoaderCircle, waiting: Circle };
const WORDS = { done: "done", failed: "failed", running: "under way", waiting: "not begun" };

/** How far a deployment is: what is done, what goes on, what is to come. */
export function JobSteps({ job }: { readonly job: Omit<Job, "log"> }): ReactNode {
  return (
    <ol className={styles["steps"]} aria-label="Steps">
      {stepsOf(job).map((step) => (
        <Step key={step.name} step={step} />
      ))}
    </ol>
  );
}

function Step({ step: { words, state, note, durationMs } }: { readonly step: ShownStep }): ReactNode {
  const Icon = ICONS[state];
  return (
    <li className={classNames(styles["step"], styles[state])}>
      <Icon role="img" aria-label={WORDS[state]} />
      <span>{words}</span>
      <span className={styles["note"]} title={note}>
        {note}
      </span>
      <span className={styles["took"]}>{durationMs !== undefined && formatMs(durationMs)}</span>
    </li>
  );
}
