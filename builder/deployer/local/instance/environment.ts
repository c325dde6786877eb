import { DeployError } from "../../deploy-error.ts";
import type { InstanceSpec } from "../instance.ts";

/** All that an instance finds in its environment. */
export type Environment = Readonly<Record<string, string>>;

/** What differs by where it runs. */
export interface Places {
  /** The broker, as it is reached from there. */
  readonly natsUrl: string;
  /** Where its secrets are; `undefined` when it has none. */
  readonly secrets: string | undefined;
}

/**
 * The image's variables, over them the function's own, over them what makes it an instance.
 * @throws DeployError `invalid` for what cannot be a variable.
 */
export function environmentOf(image: Environment, spec: InstanceSpec, { natsUrl, secrets }: Places): Environment {
  const { deployment, instance, share } = spec;
  const { project, label, version, scale, timeoutMs, env } = deployment;
  const environment = {
    ...image,
    HOME: "/tmp",
    TMPDIR: "/tmp",
    ...env,
    NATS_URL: natsUrl,
    FMESH_PROJECT: project,
    FMESH_SERVICE: label,
    FMESH_VERSION: String(version),
    FMESH_CONCURRENCY: String(scale.concurrency),
    FMESH_TIMEOUT_MS: String(timeoutMs),
    FMESH_INSTANCE: instance,
    FMESH_SHARE: String(share),
    // It is called in the mesh: nothing on this machine has to be able to connect to it.
    FMESH_HTTP: "0",
    PORT: "0",
    // Its input ends with the deployer, which it does not outlive.
    FMESH_SUPERVISED: "1",
    ...(secrets !== undefined && { FMESH_SECRETS: secrets }),
  };
  for (const [name, value] of Object.entries(environment)) {
    if (name !== "" && !name.includes("=") && !`${name}${value}`.includes("\0")) continue;
    throw new DeployError("invalid", `${JSON.stringify(name)} cannot be a variable, by its name or what it holds`);
  }
  return environment;
}
