import {
  type DeployMessage,
  type DeployedFunction,
  type Deployment,
  parseDeployMessage,
} from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { BuiltImage, DeployedAt, JobError } from "../../mesh/job.ts";
import { DEPLOYER_SERVICE, STORED_FUNCTION } from "../../mesh/names.ts";
import { DeployerClient } from "../deployer.ts";
import type { JobOutcome } from "../store.ts";
import { servedVersions, withShare } from "../traffic.ts";
import { type JobWork, versionOf } from "./job-work.ts";
import { runBuild } from "./run-build.ts";
import { type Hand, toldBy } from "./told-by.ts";

const DEPLOYER: Hand<DeployMessage> = { service: DEPLOYER_SERVICE, name: "deploy", parse: parseDeployMessage };

/** How long a deployer may take to say what is deployed, in milliseconds. */
const DESCRIBE_MS = 30_000;

/**
 * Has a deployer deploy a job's version, and a builder build it before where that was not done yet; writes down what they tell.
 * @throws MeshError as `toldBy`.
 */
export async function runDeploy(work: JobWork): Promise<JobOutcome> {
  const { job, store, call, progress, signal } = work;
  const { project, functionId, version } = job;
  let image = await store.jobs.image(project, functionId, version);
  if (image === undefined) {
    const built = await runBuild(work);
    if (built.state !== "succeeded") return built;
    ({ image } = built);
    await work.keepImage(image);
  }
  const stored = await store.functions.handOver(project, functionId);
  const deployer = new DeployerClient(project, (name, params) =>
    call(DEPLOYER_SERVICE, name, params, { timeoutMs: DESCRIBE_MS, signal }),
  );
  const before = await deployer.describe(stored.label);
  const deployment = await deploymentOf(work, { image, stored, before });
  for await (const message of toldBy(DEPLOYER, deployment, work)) {
    if ("deployed" in message) return { state: "succeeded", image, deployed: deployedAt(message.deployed) };
    if ("error" in message) return { state: "failed", error: explained(message.error, before) };
    progress.add(message);
  }
  throw new MeshError("bad_reply", "the deployer ended without a deployment and without saying why");
}

interface DeployedSoFar {
  readonly image: BuiltImage;
  readonly stored: StoredFunction;
  readonly before: DeployedFunction | undefined;
}

async function deploymentOf(work: JobWork, { image, stored, before }: DeployedSoFar): Promise<Deployment> {
  const { project, version, percent = 100 } = work.job;
  const { runtime, env, secrets, timeoutMs, scale, resources, network } = await versionOf(work);
  const there = new Set(before?.versions.map((each) => String(each.version)));
  const others = Object.entries(stored.traffic).filter(([each]) => there.has(each) && each !== String(version));
  const traffic = withShare(Object.fromEntries(others), { version, percent });
  if ((traffic[version] ?? 0) !== percent) {
    const log = `no other version gets calls: version ${version} gets all of them, not ${percent} %`;
    work.progress.add({ step: "traffic", log });
  }
  return {
    ...{ project, label: stored.label, version, image, runtime },
    ...{ env, secrets, timeoutMs, scale, resources, network, traffic },
  };
}

function deployedAt({ project, label, url, traffic }: DeployedFunction): DeployedAt {
  return { url: url ?? `/v1/call/${project}/${label}/${STORED_FUNCTION}`, traffic };
}

/** What was deployed before goes on. */
function explained(error: JobError, before: DeployedFunction | undefined): JobError {
  const served = servedVersions(before?.traffic ?? {});
  if (served.length === 0) return error;
  const which = served.length === 1 ? `version ${served[0]}` : `versions ${served.join(" and ")}`;
  // What it wrote may be at the end of the message.
  const join = error.message.includes("\n") ? "\n" : "; ";
  return { ...error, message: `${error.message}${join}calls still go to ${which}` };
}
