import { MeshError } from "../../mesh/errors.ts";
import { DeployError, type DeployErrorCode } from "../deployer/deploy-error.ts";

interface Reason {
  readonly text: string;
  /** When it is sensible to try again. */
  readonly retrySeconds: number;
}

/**
 * What callers are told. A deployment's own error is for the function's author: it may hold what the function wrote, and where its
 * image and its secrets are.
 */
const REASONS: Readonly<Record<DeployErrorCode, Reason>> = {
  unreachable: { text: "its home does not answer", retrySeconds: 2 },
  unauthorized: { text: "its home does not know the deployer", retrySeconds: 30 },
  forbidden: { text: "its home does not let the deployer run it", retrySeconds: 30 },
  invalid: { text: "it cannot be run as it is", retrySeconds: 30 },
  conflict: { text: "somebody else manages what it runs as", retrySeconds: 30 },
  quota: { text: "there is no room for it", retrySeconds: 10 },
  image_unavailable: { text: "its image cannot be had", retrySeconds: 30 },
  secret_missing: { text: "it lacks a secret", retrySeconds: 30 },
  start_failed: { text: "it ended before it took calls", retrySeconds: 2 },
  crash_loop: { text: "it keeps ending", retrySeconds: 10 },
  out_of_memory: { text: "it uses more memory than it may", retrySeconds: 10 },
  not_ready: { text: "it did not take calls in time", retrySeconds: 2 },
  not_found: { text: "it is not deployed", retrySeconds: 1 },
};

/** What a caller is told of a function that could not be reached. */
export function whyNot(thrown: unknown, label: string): MeshError {
  if (!(thrown instanceof DeployError)) return MeshError.from(thrown);
  const { text, retrySeconds } = REASONS[thrown.code];
  return new MeshError("worker_unavailable", `function "${label}" does not run (${thrown.code}): ${text}`, {
    retryAfterSeconds: retrySeconds,
    cause: thrown,
  });
}
