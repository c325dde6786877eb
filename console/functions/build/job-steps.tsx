import { CircleCheck, CircleX, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import type { JobStep } from "../../../mesh/job.ts";
import { formatMs } from "../../ui/format.ts";
import { type FollowedJob, hasEnded } from "./job-progress.ts";
import styles from "./job.module.css";
import { STEP_WORDS, stepNote } from "./step-words.ts";

/** The parts of a job's work as they come, each with how long it took. */
export function JobSteps({ job }: { readonly job: FollowedJob }): ReactNode {
  if (job.steps.length === 0) return null;
  return (
    <ol className={styles["steps"]} aria-label="Steps">
      {job.steps.map((step) => (
        <li key={step.name} className={styles["step"]}>
          <StepIcon step={step} isOver={hasEnded(job)} />
          <span className={styles["stepName"]} title={step.name}>
            {STEP_WORDS[step.name] ?? step.name}
          </span>
          <span className={styles["stepNote"]}>{stepNote(step)}</span>
          <span className={styles["stepTime"]}>{step.durationMs === undefined ? "" : formatMs(step.durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}

function StepIcon({ step, isOver }: { readonly step: JobStep; readonly isOver: boolean }): ReactNode {
  if (step.durationMs !== undefined) return <CircleCheck className={styles["good"]} aria-label="done" />;
  if (isOver) return <CircleX className={styles["bad"]} aria-label="not finished" />;
  return <LoaderCircle className={styles["busy"]} aria-label="under way" />;
}
