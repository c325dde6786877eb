import type { Deployment } from "../../mesh/deployment.ts";
import type { FunctionVersion, Traffic } from "../../mesh/function.ts";
import type { BuiltImage } from "../../mesh/job.ts";
import type { ApiClient } from "../api/api-client.ts";
import { findFunction, functionPath } from "../api/functions.ts";
import { Failure, USAGE } from "../failure.ts";

/** What would be deployed, and the other versions that get calls beside it. */
export interface PlannedDeployment {
  readonly deployment: Deployment;
  readonly others: readonly Deployment[];
}

/** A version as the API shows it. */
interface ShownVersion extends FunctionVersion {
  readonly image?: BuiltImage;
}

/**
 * What deploying a version of a stored function means.
 * @param wanted.version the newest if not given
 * @param wanted.traffic all to that version if not given
 * @throws Failure when there is no such function or version, or no image of it.
 */
export async function plannedDeployment(
  api: ApiClient,
  name: string,
  wanted: { readonly version: number | undefined; readonly traffic: Traffic | undefined },
): Promise<PlannedDeployment> {
  const { item: stored } = await findFunction(api, name);
  const version = wanted.version ?? stored.version;
  const traffic = wanted.traffic ?? { [version]: 100 };
  const deploymentOf = async (number: number): Promise<Deployment> => {
    const { item } = await api.request<ShownVersion>(`${functionPath(stored.id)}/versions/${number}`);
    if (item.image === undefined) {
      const text = `no image of version ${number} of "${stored.label}" was built`;
      throw new Failure(`${text}; \`fmesh functions build ${stored.label} ${number}\` builds one`);
    }
    const { env, secrets, timeoutMs, scale, resources, network, runtime, image } = item;
    const { reference, repository, digest } = image;
    return {
      ...{ project: stored.project, label: stored.label, version: number, image: { reference, repository, digest } },
      ...{ runtime, env, secrets, timeoutMs, scale, resources, network, traffic },
    };
  };
  const called = Object.keys(traffic).map(Number);
  const others = called.filter((number) => number !== version);
  return { deployment: await deploymentOf(version), others: await Promise.all(others.map(deploymentOf)) };
}

/**
 * Shares as they are written on the command line: `1=80,2=20`.
 * @throws Failure with the exit code of wrong usage.
 */
export function parseShares(text: string | undefined): Traffic | undefined {
  if (text === undefined) return undefined;
  const shares = text.split(",").map((share) => /^([1-9]\d{0,8})=(\d{1,3})$/.exec(share.trim()));
  const sum = shares.reduce((all, share) => all + Number(share?.[2]), 0);
  if (sum === 100) return Object.fromEntries(shares.map((share) => [share?.[1] ?? "", Number(share?.[2])]));
  throw new Failure(`--traffic "${text}" are no shares of 100 percent; write versions and percent, as in 1=80,2=20`, {
    exitCode: USAGE,
  });
}
