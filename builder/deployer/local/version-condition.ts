import type { Condition, Deployment } from "../../../mesh/deployment.ts";
import type { DeployError } from "../deploy-error.ts";
import { titleOf } from "./how-it-ended.ts";
import type { Restarts } from "./restarts.ts";

/** What can be seen of a version's instances. */
export interface VersionFacts {
  /** Those that take calls, and those of them that say how they do. */
  readonly up: number;
  readonly answering: number;
  readonly starting: number;
  readonly restarts: Restarts;
}

/** How a version does, as a person understands it. One that sleeps is as well as one that runs. */
export function versionCondition(
  deployment: Deployment,
  { up, answering, starting, restarts }: VersionFacts,
): Condition {
  if (answering > 0) return { state: "ready" };
  if (up > 0) {
    const advice = "see what keeps it busy, or deploy it again";
    const message = `${titleOf(deployment)} runs, and does not say how it does; ${advice}`;
    return { state: "progressing", reason: "NotAnswering", message };
  }
  const { last, refusal, isLooping } = restarts;
  if (last !== undefined) {
    const { message } = refusal ?? last;
    if (isLooping) return { state: "failed", reason: "CrashLoop", message };
    return { state: "progressing", reason: REASONS[last.code] ?? "Restarting", message };
  }
  return starting > 0 ? { state: "progressing", reason: "Starting" } : { state: "ready" };
}

const REASONS: Readonly<Partial<Record<DeployError["code"], string>>> = {
  start_failed: "StartFailed",
  not_ready: "NotReady",
  out_of_memory: "OutOfMemory",
  secret_missing: "SecretMissing",
  image_unavailable: "ImageUnavailable",
};
