import type { DeployedFunction } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction, Traffic } from "../../mesh/function.ts";
import { type DeployerClient, isNotDeployed } from "../deployer.ts";
import { existingFunction } from "./functions.ts";
import type { ApiParts } from "./operation.ts";

/**
 * Has calls go where the store says. Whoever changes that at the same time does the same: what was written last is what remains.
 * @throws MeshError what the deployer says; `invalid_request`, status 409, for a version that is not deployed.
 */
export async function settleTraffic(
  changed: StoredFunction,
  { deployer, parts }: { readonly deployer: DeployerClient; readonly parts: ApiParts },
): Promise<StoredFunction> {
  let sent = changed;
  for (;;) {
    await send(sent, deployer);
    const current = await existingFunction(changed.id, parts);
    if (textOf(current.traffic) === textOf(sent.traffic)) return current;
    sent = current;
  }
}

/** @throws MeshError `invalid_request`, status 409, when calls would go to a version that is not deployed. */
export function refuseUndeployed(traffic: Traffic, { label, versions }: DeployedFunction): void {
  const missing = Object.keys(served(traffic)).find((wanted) =>
    versions.every(({ version }) => String(version) !== wanted),
  );
  if (missing !== undefined) throw undeployed(`version ${missing} of function "${label}" is not deployed`);
}

async function send({ label, traffic }: StoredFunction, deployer: DeployerClient): Promise<void> {
  try {
    await deployer.setTraffic(label, served(traffic));
  } catch (cause) {
    throw isNotDeployed(cause) ? undeployed(cause.message, cause) : cause;
  }
}

function served(traffic: Traffic): Traffic {
  return Object.fromEntries(Object.entries(traffic).filter(([, percent]) => percent > 0));
}

/** The same text for the same traffic: versions are listed in their order. */
function textOf(traffic: Traffic): string {
  return JSON.stringify(served(traffic));
}

function undeployed(what: string, cause?: MeshError): MeshError {
  return new MeshError("invalid_request", `${what}; deploy it before calls are sent to it`, { status: 409, cause });
}
