import { join } from "node:path";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Deployer } from "../deployer.ts";
import { type LocalDeployerOptions, openLocalDeployer } from "../deployer/local.ts";
import { type OpenInstancesOptions, openInstances } from "../deployer/local/instance/open-instances.ts";

/** What running functions as processes of this machine needs. */
export interface LocalHomeOptions
  extends
    Pick<LocalDeployerOptions, "broker" | "natsUrlFor" | "log">,
    Pick<OpenInstancesOptions, "registry" | "sandbox" | "secretsFolder"> {
  /** Where deployments are written down, and what runs is kept. */
  readonly folder: string;
}

/**
 * A deployer of this machine: its runtimes, and bubblewrap, are found in `PATH`.
 * @param stack closes it, and what it stands on.
 * @throws DeployError when a sandbox is required and there is none, Error when another deployer works in the folder.
 */
export async function openLocalHome(options: LocalHomeOptions, stack: CloseStack): Promise<Deployer> {
  const { folder } = options;
  const programs = {
    bun: process.execPath,
    node: Bun.which("node") ?? undefined,
    deno: Bun.which("deno") ?? undefined,
    python: Bun.which("python3") ?? undefined,
  };
  const instances = stack.use(await openInstances({ ...options, bwrap: Bun.which("bwrap") ?? undefined, programs }));
  return stack.use(await openLocalDeployer({ ...options, instances, folder: join(folder, "functions") }));
}
