import type { Job } from "../../../mesh/job.ts";

/** A part of a job as it is shown. */
export interface ShownStep {
  readonly name: string;
  readonly state: "done" | "failed" | "running" | "waiting";
  /** What it does. */
  readonly what: string;
  readonly note: string | undefined;
  readonly durationMs: number | undefined;
}

/** What a deployment comes to, in order. */
const DEPLOYMENT = ["verify", "apply", "wait", "traffic"];

const WHAT: Readonly<Record<string, string>> = {
  look: "Looks for an image that is there",
  dependencies: "Fetches the packages",
  bundle: "Makes one file of the code",
  image: "Puts the image together",
  push: "Stores it in the registry",
  attest: "Signs it, and says how it was made",
  verify: "Checks the image against the policy",
  apply: "Starts the version",
  wait: "Waits until it takes calls",
  traffic: "Sends calls there",
};

/** The steps of a job: those that began, and those of a deployment that are to come. */
export function stepsOf({ kind, state, steps }: Pick<Job, "kind" | "state" | "steps">): readonly ShownStep[] {
  const begun = steps.map(({ name, durationMs, note }): ShownStep => {
    const isDone = durationMs !== undefined || state === "succeeded";
    const now = isDone ? "done" : state === "failed" || state === "cancelled" ? "failed" : "running";
    return { name, state: now, what: WHAT[name] ?? "", note, durationMs };
  });
  if (kind !== "deploy" || state === "succeeded") return begun;
  const left = DEPLOYMENT.filter((name) => steps.every((step) => step.name !== name));
  return [
    ...begun,
    ...left.map((name): ShownStep => ({
      name,
      state: "waiting",
      what: WHAT[name] ?? "",
      note: undefined,
      durationMs: undefined,
    })),
  ];
}
