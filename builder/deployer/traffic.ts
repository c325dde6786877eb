import type { DeployedFunction, DeployedName } from "../../mesh/deployment.ts";
import type { DeployCall, Deployer } from "../deployer.ts";
import { DeployError } from "./deploy-error.ts";

/** What it takes to send calls elsewhere. */
type Traffic = Pick<Deployer, "describe" | "setTraffic">;

/**
 * Sends all calls to one version.
 * @throws DeployError `not_found` when that version is not deployed.
 */
export function promote(
  deployer: Traffic,
  name: DeployedName,
  version: number,
  call: DeployCall,
): Promise<DeployedFunction> {
  return deployer.setTraffic(name, { [version]: 100 }, call);
}

/**
 * Sends all calls to the version before the newest that gets any: a canary is taken back, and so is what was promoted.
 * @throws DeployError `not_found` when there is no earlier version that runs.
 */
export async function rollback(deployer: Traffic, name: DeployedName, call: DeployCall): Promise<DeployedFunction> {
  const deployed = await deployer.describe(name, call);
  if (deployed === undefined) throw new DeployError("not_found", `"${name.label}" is not deployed; deploy it first`);
  const newest = newestOf(deployed);
  const earlier = deployed.versions.filter(({ version, state }) => version < newest && state !== "failed");
  if (earlier.length === 0) {
    const text = `"${name.label}" has no version before ${newest} that is deployed and runs`;
    throw new DeployError("not_found", `${text}; deploy the version that is to have its calls`);
  }
  return promote(deployer, name, Math.max(...earlier.map(({ version }) => version)), call);
}

function newestOf({ traffic, versions }: DeployedFunction): number {
  const called = Object.keys(traffic).filter((version) => (traffic[version] ?? 0) > 0);
  return Math.max(...(called.length > 0 ? called.map(Number) : versions.map(({ version }) => version)));
}
