import type { Job } from "../../../mesh/job.ts";
import { STEP_WORDS, stepNote } from "../build/step-words.ts";

/** A part of a job as it is shown. */
export interface ShownStep {
  readonly name: string;
  readonly state: "done" | "failed" | "running" | "waiting";
  /** What is done in it. */
  readonly words: string;
  /** What came out of it; empty when there is nothing to say. */
  readonly note: string;
  readonly durationMs: number | undefined;
}

/** What a deployment comes to, in order. */
const DEPLOYMENT = ["verify", "apply", "wait", "traffic"];

/** The steps of a job: those that began, and those of a deployment that are to come. */
export function stepsOf({ kind, state, steps }: Pick<Job, "kind" | "state" | "steps">): readonly ShownStep[] {
  const begun = steps.map((step): ShownStep => {
    const { name, durationMs } = step;
    const isDone = durationMs !== undefined || state === "succeeded";
    const now = isDone ? "done" : state === "failed" || state === "cancelled" ? "failed" : "running";
    return { name, state: now, words: STEP_WORDS[name] ?? name, note: stepNote(step), durationMs };
  });
  if (kind !== "deploy" || state === "succeeded") return begun;
  const left = DEPLOYMENT.filter((name) => steps.every((step) => step.name !== name));
  const waiting = { state: "waiting", note: "", durationMs: undefined } as const;
  return [...begun, ...left.map((name): ShownStep => ({ name, words: STEP_WORDS[name] ?? name, ...waiting }))];
}
