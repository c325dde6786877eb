import * as v from "valibot";
import type { DeployStep } from "../../mesh/deployment.ts";
import type { Policy } from "../attest/policy.ts";
import { digestSchema } from "../attest/artifact.ts";
import { PolicyError } from "../attest/policy-error.ts";
import { verifyImage } from "../attest/verify-image.ts";
import type { Deployer } from "../deployer.ts";
import type { Registry } from "../registry.ts";
import { stepsOf } from "../steps.ts";
import { DeployError } from "./deploy-error.ts";

/** What images are judged with before they run. */
export interface Verification {
  readonly registry: Registry;
  /** Asked for each time: it may follow a file. Rejects when there is nothing to judge by, and then nothing is deployed. */
  readonly policy: () => Promise<Policy>;
}

/**
 * A deployer that deploys only what holds by a policy.
 * @throws PolicyError from `deploy`, naming every rule that does not hold.
 */
export function verified(deployer: Deployer, { registry, policy }: Verification): Deployer {
  return {
    home: deployer.home,
    onDemand: deployer.onDemand,
    async deploy(deployment, call) {
      const { repository, digest } = deployment.image;
      const step = stepsOf<DeployStep>((progress) => call.onProgress?.(progress));
      await step("verify", async () => {
        if (!v.is(digestSchema, digest))
          throw new DeployError("image_unavailable", `"${digest}" is no digest of an image; build the function again`);
        const verdict = await verifyImage(registry, repository, digest, await policy(), { signal: call.signal });
        if (!verdict.isAllowed) throw new PolicyError(verdict);
        return {};
      });
      return deployer.deploy(deployment, call);
    },
    setTraffic: (name, traffic, call) => deployer.setTraffic(name, traffic, call),
    describe: (name, call) => deployer.describe(name, call),
    list: (project, call) => deployer.list(project, call),
    logs: (request, call) => deployer.logs(request, call),
    remove: (name, call) => deployer.remove(name, call),
    watch: (listener) => deployer.watch(listener),
    close: () => deployer.close(),
  };
}
