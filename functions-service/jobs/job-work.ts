import { MeshError } from "../../mesh/errors.ts";
import type { FunctionVersion } from "../../mesh/function.ts";
import type { BuiltImage, Job } from "../../mesh/job.ts";
import type { CallMesh } from "../ask-mesh.ts";
import type { Store } from "../store.ts";
import type { ProgressLog } from "./progress-log.ts";

/** What a job is done with. */
export interface JobWork {
  readonly job: Job;
  readonly store: Pick<Store, "functions" | "jobs">;
  readonly call: CallMesh;
  /** What is told of it. */
  readonly progress: ProgressLog;
  readonly signal: AbortSignal;
  /** Keeps what was built, for a job that goes on after that. @throws MeshError `cancelled` when it is not ours any more. */
  readonly keepImage: (image: BuiltImage) => Promise<void>;
}

/** The version that a job is about. @throws MeshError `function_not_found`. */
export async function versionOf({ job, store }: Pick<JobWork, "job" | "store">): Promise<FunctionVersion> {
  const { project, functionId, version, label } = job;
  const source = await store.functions.version(project, functionId, version);
  if (source !== undefined) return source;
  throw new MeshError("function_not_found", `function "${label}" has no version ${version}`);
}
