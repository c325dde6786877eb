import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import type { Tone } from "../../ui/tone.ts";
import type { FunctionTab } from "../tab-names.ts";

/** What to do next with a function, and why. */
export interface NextStep {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  readonly action: { readonly label: string } & (
    | { readonly tab: FunctionTab }
    /** The rules of the project. */
    | { readonly to: "rules" }
  );
}

/** What is known of a function. */
interface Known {
  readonly fn: StoredFunction;
  /** `null` when it is not; `undefined` while that is not known. */
  readonly deployed: DeployedFunction | null | undefined;
  /** Its newest build or deployment. */
  readonly job: Job | undefined;
  /** Whether a rule says who may call it; `undefined` while that is not known. */
  readonly hasRule: boolean | undefined;
}

/** The one thing to do next; `undefined` when all is well. */
export function nextStep({ fn, deployed, job, hasRule }: Known): NextStep | undefined {
  const { label, version, status, traffic } = fn;
  if (status === "building" || status === "deploying") {
    const tab = status === "building" ? "builds" : "deploy";
    const title = `Version ${version} is being ${status === "building" ? "built" : "deployed"}`;
    return { tone: "info", title, text: "It takes a few seconds.", action: { label: "Watch", tab } };
  }
  if (status === "failed" && job?.state === "failed") {
    const tab = job.kind === "build" ? "builds" : "deploy";
    const title = `Version ${job.version} could not be ${job.kind === "build" ? "built" : "deployed"}`;
    return { tone: "bad", title, text: job.error?.message ?? "", action: { label: "See what failed", tab } };
  }
  if (deployed === null) {
    const isBuilt = status === "built";
    const text = isBuilt
      ? "Deploy it, and it is a service of the mesh."
      : "Deploying builds it, and makes it a service of the mesh.";
    const title = isBuilt ? `Version ${version} is built` : `“${label}” is stored, and does not run yet`;
    return { tone: "info", title, text, action: { label: "Deploy it", tab: "deploy" } };
  }
  if (deployed !== undefined && hasRule === false) {
    const text = `No rule says who may call ${label}.handler, so callers are refused. Calling it from here works all the same.`;
    return { tone: "warning", title: "Nobody may call it yet", text, action: { label: "Write a rule", to: "rules" } };
  }
  if (deployed !== undefined && (traffic[version] ?? 0) === 0) {
    const title = `Version ${version} gets no calls yet`;
    const text = "Deploy it for some of the calls, or for all of them.";
    return { tone: "info", title, text, action: { label: `Deploy version ${version}`, tab: "deploy" } };
  }
  return undefined;
}
