import { DeployError } from "../deploy-error.ts";
import { NAMESPACES, type Signalled } from "./cluster.ts";
import { type Finding, checkNamespace, checkRights, seen } from "./check-namespace.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { namespaceOf } from "./place.ts";
import { USEFUL_IN_CLUSTER } from "./rights.ts";
import { SERVING } from "./service-manifest.ts";
import { type KnativeSettings, type SettledKnative, settled } from "./settings.ts";

/** What a cluster is looked at for. */
export interface CheckOptions extends Signalled {
  readonly client: KubeClient;
  readonly settings: KnativeSettings;
  readonly projects: readonly string[];
  /** Whether anything answers at an address. */
  readonly answers: (url: string, call: Signalled) => Promise<boolean>;
}

const VERSION = "app.kubernetes.io/version";

/** Looks whether a cluster has all that functions need. What cannot be known without a right that is not needed is `unknown`. */
export async function* checkCluster(options: CheckOptions): AsyncGenerator<Finding, void, undefined> {
  const { client, signal, projects } = options;
  const settings = settled(options.settings);
  let version: string;
  try {
    version = await client.version({ signal });
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    yield { what: "cluster", state: "bad", text: error.message };
    return;
  }
  yield { what: "cluster", state: "good", text: `Kubernetes ${version}, by ${client.access.origin}` };
  yield await knative(options);
  yield* checkRights(USEFUL_IN_CLUSTER, { ...options, state: "poor" });
  for (const project of projects) yield* checkNamespace(namespaceOf(project, settings), { ...options, settings });
  yield await ingress(settings, options);
}

async function knative({ client, signal }: CheckOptions): Promise<Finding> {
  const what = "Knative Serving";
  if (!(await client.serves(SERVING, { signal }))) {
    const mend = "install Knative Serving and an ingress for it, such as Kourier";
    return { what, state: "bad", text: `the cluster does not know ${SERVING}`, mend };
  }
  const namespace = await seen(client.get(NAMESPACES, { name: "knative-serving" }, { signal }));
  const version = typeof namespace === "object" ? namespace.metadata.labels?.[VERSION] : undefined;
  return { what, state: "good", text: version === undefined ? `${SERVING} is there` : `${SERVING} by ${version}` };
}

async function ingress({ ingress: url }: SettledKnative, { answers, signal }: CheckOptions): Promise<Finding> {
  const what = "routes";
  if (url === undefined) {
    return {
      what,
      state: "good",
      text: "called at their own addresses, which lead there from within the cluster only",
    };
  }
  if (await answers(url, { signal })) return { what, state: "good", text: `called at ${url}, which answers` };
  const mend = "correct deployer.knative.ingress: the address of the ingress that Knative uses, seen from here";
  return { what, state: "bad", text: `nothing answers at ${url}, where they are to be called`, mend };
}
