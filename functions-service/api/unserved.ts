import type { DeployedFunction } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { type AskedIn, deploymentOf } from "./deployment-of.ts";

/** How long a deployer may take to say why, in milliseconds. */
const ASK_MS = 2000;

/** Why nobody serves a function, as far as that can be known, in place of the error that says no more than that. */
export async function unserved(
  stored: StoredFunction,
  { retryAfterSeconds = 1, cause }: MeshError,
  asked: AskedIn,
): Promise<MeshError> {
  const text = `nobody serves function "${stored.label}" at the moment: ${await reason(stored, asked)}`;
  return new MeshError("worker_unavailable", text, { retryAfterSeconds, cause });
}

async function reason(stored: StoredFunction, asked: AskedIn): Promise<string> {
  try {
    return explained(await deploymentOf(stored, { ...asked, timeoutMs: ASK_MS }));
  } catch (error) {
    // It is the function that is asked for; what is wrong with its deployer is told beside.
    return MeshError.from(error).message;
  }
}

function explained(deployed: DeployedFunction | undefined): string {
  if (deployed === undefined) return "it is not deployed; deploy it first";
  const { state, message } = deployed;
  if (state === "progressing") return message ?? "it is being started";
  if (state === "failed") return message ?? "it does not run";
  return "it is deployed, and can be started; try again";
}
