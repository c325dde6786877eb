import { dirname, resolve } from "node:path";
import { checkCluster } from "../../builder/deployer/knative/check.ts";
import type { Finding } from "../../builder/deployer/knative/check-namespace.ts";
import { findAccess } from "../../builder/deployer/knative/client/find-access.ts";
import { kubeClient } from "../../builder/deployer/knative/client/kube-client.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { chooseProject } from "../choose-project.ts";
import { findConfig } from "../find-config.ts";

const ANSWER_MS = 5_000;

/** What is looked at. */
export interface CheckedCluster {
  /** A configuration, or a folder that holds one. */
  readonly config: string;
  /** One project; all of them if not given. */
  readonly project: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Looks at the cluster of a configuration.
 * @throws Failure or ConfigError for a configuration that cannot be used; DeployError when no cluster is known.
 */
export async function* checkConfiguredCluster(wanted: CheckedCluster): AsyncGenerator<Finding, void, undefined> {
  const { env, signal } = wanted;
  const configFile = findConfig(wanted.config);
  const config = await loadConfig(configFile, { env });
  const { kubeconfig: file, context, ...settings } = config.deployer.knative;
  const kubeconfig = file === undefined ? undefined : resolve(dirname(configFile), file);
  const access = await findAccess({ kubeconfig, context, env });
  for (const text of access.warnings) yield { what: "access", state: "poor", text };
  const chosen = wanted.project === undefined ? config.projects : [chooseProject(config, wanted.project)];
  const projects = chosen.map(({ id }) => id);
  yield* checkCluster({ client: kubeClient({ access }), settings, projects, answers, signal });
}

/** Whatever it says, it is there. */
async function answers(url: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    await response.body?.cancel();
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
