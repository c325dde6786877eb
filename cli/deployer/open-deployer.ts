import { resolve } from "node:path";
import { type ActivatorOptions, startActivator } from "../../builder/activator.ts";
import type { Deployer } from "../../builder/deployer.ts";
import { DeployError } from "../../builder/deployer/deploy-error.ts";
import { verified } from "../../builder/deployer/verified.ts";
import type { Policy } from "../../builder/attest/policy.ts";
import type { Registry } from "../../builder/registry.ts";
import type { GatewayConfig } from "../../gateway/config.ts";
import { CloseStack, type Closable } from "../../mesh/lifecycle.ts";
import { openRegistryOf } from "../builder/open-builder.ts";
import { policyFile, policyOf } from "../builder/choose-policy.ts";
import type { PartOptions } from "../hosting/hosted-projects.ts";
import { brokerUrlForFunctions } from "./broker-url.ts";

/** A deployer, and what brings calls to its functions. */
export interface OpenDeployer extends Closable {
  readonly deployer: Deployer;
  /** Takes the calls of a project that nobody serves at the moment. */
  activate(project: string): Promise<Closable>;
}

type DeployerOptions = PartOptions & { readonly folder: string };

/**
 * Opens the deployer that a configuration wants. Nothing is deployed that does not hold by the policy; where none is named, images
 * have to be the builder's own.
 * @throws Error naming what cannot be used.
 */
export async function openDeployerOf(config: GatewayConfig, options: DeployerOptions): Promise<OpenDeployer> {
  const { broker, log } = options;
  const stack = new CloseStack();
  try {
    const registry = stack.use(await openRegistryOf(config.builder, options));
    const home = await openHome(config, { ...options, registry }, stack);
    const deployer = verified(home, { registry, policy: () => policyToDeployBy(config, options.folder) });
    return {
      deployer,
      activate: (project) => startActivator({ broker, deployer: onlyOf(project, deployer), log }),
      close: () => stack.close(),
    };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

async function openHome(
  { deployer: config, projects }: GatewayConfig,
  { registry, ...options }: DeployerOptions & { readonly registry: Registry },
  stack: CloseStack,
): Promise<Deployer> {
  const { folder, broker, log, env } = options;
  // Commands that deploy nothing start without all that this brings along.
  if (config.home === "knative") {
    const { openKnativeHome } = await import("../../builder/runtime/knative-home.ts");
    const { kubeconfig: file, context, ...settings } = config.knative;
    const kubeconfig = file === undefined ? undefined : resolve(folder, file);
    const followed = projects.map(({ id }) => id);
    return stack.use(await openKnativeHome({ settings, kubeconfig, context, projects: followed, env, log }));
  }
  const { openLocalHome } = await import("../../builder/runtime/local-home.ts");
  const { local } = config;
  const natsUrl = await brokerUrlForFunctions(options, stack);
  return openLocalHome(
    {
      ...{ registry, broker, log, natsUrlFor: () => natsUrl, sandbox: local.sandbox },
      folder: resolve(folder, local.folder),
      secretsFolder: resolve(folder, local.secrets),
    },
    stack,
  );
}

async function policyToDeployBy({ builder, deployer }: GatewayConfig, folder: string): Promise<Policy> {
  try {
    const policy = policyFile(deployer.policy ?? builder.policy, folder);
    return await policyOf({ config: { ...builder, policy }, folder });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `there is nothing to judge images by: ${reason}; name a policy in deployer.policy`;
    throw new DeployError("invalid", text, { cause });
  }
}

/** What an activator of one project needs to know. */
function onlyOf(project: string, deployer: Deployer): ActivatorOptions["deployer"] {
  return {
    onDemand: deployer.onDemand,
    watch: (listener) => deployer.watch((names) => listener(names.filter((name) => name.project === project))),
  };
}
