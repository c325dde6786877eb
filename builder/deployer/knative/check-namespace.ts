import { DeployError } from "../deploy-error.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { type Kind, NAMESPACES, SECRETS, type Signalled } from "./cluster.ts";
import type { KubernetesObject } from "./objects.ts";
import { NEEDED, type Right, USEFUL } from "./rights.ts";
import type { SettledKnative } from "./settings.ts";

/** What was found out about a cluster. */
export interface Finding {
  readonly what: string;
  /** `bad` is in the way of functions; `poor` is not, but something is missing; `unknown` may not be looked at. */
  readonly state: "good" | "poor" | "bad" | "unknown";
  /** What it is, or what is missing. */
  readonly text: string;
  /** How to mend it. */
  readonly mend?: string;
}

const SERVICE_ACCOUNTS: Kind = { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts" };
const ENFORCE = "pod-security.kubernetes.io/enforce";

interface Looking extends Signalled {
  readonly client: KubeClient;
}

/** Looks at a namespace that functions are to run in. */
export async function* checkNamespace(
  namespace: string,
  { client, signal, settings }: Looking & { readonly settings: SettledKnative },
): AsyncGenerator<Finding, void, undefined> {
  const call = { signal };
  const what = `namespace "${namespace}"`;
  const found = await seen(client.get(NAMESPACES, { name: namespace }, call));
  if (found === undefined) {
    const mayMake = await client.may({ verb: "create", group: "", resource: "namespaces" }, call);
    const text = `it is not there yet; ${mayMake ? "it is made" : "it may not be made"} when something is deployed`;
    yield mayMake
      ? { what, state: "good", text }
      : { what, state: "bad", text, mend: `kubectl create namespace ${namespace}` };
  } else if (found === "hidden") yield { what, state: "unknown", text: "namespaces may not be looked at" };
  else yield security(what, found);
  yield* checkRights(NEEDED, { client, signal, namespace, state: "bad" });
  yield* checkRights(USEFUL, { client, signal, namespace, state: "poor" });
  if (found === undefined) return;
  const place = { client, signal, namespace };
  yield await present({ kind: SERVICE_ACCOUNTS, name: settings.serviceAccount, as: "service account" }, place);
  const { joinMesh, imagePullSecrets } = settings;
  const secrets = [...imagePullSecrets, ...(joinMesh === undefined ? [] : [joinMesh.name])];
  for (const name of secrets) {
    yield await present({ kind: SECRETS, name, as: "secret" }, place);
  }
}

function security(what: string, { metadata }: KubernetesObject): Finding {
  const level = metadata.labels?.[ENFORCE];
  if (level === "restricted") return { what, state: "good", text: `it is there, and takes ${level} pods only` };
  const text = `it is there, and takes ${level === undefined ? "any pods" : `${level} pods`}; functions need no more than restricted`;
  return { what, state: "poor", text, mend: `kubectl label namespace ${metadata.name} ${ENFORCE}=restricted` };
}

/** Asks for rights, one kind of object at a time. */
export async function* checkRights(
  wanted: readonly Right[],
  { client, signal, namespace, state }: Looking & { readonly namespace?: string; readonly state: "bad" | "poor" },
): AsyncGenerator<Finding, void, undefined> {
  for (const { group, resource, verbs, without } of wanted) {
    const asked = await Promise.all(
      verbs.map(async (verb) => ({ verb, may: await client.may({ verb, group, resource, namespace }, { signal }) })),
    );
    const missing = asked.filter(({ may }) => !may).map(({ verb }) => verb);
    const name = group === "" ? resource : `${resource}.${group}`;
    const what = `rights to ${name}${namespace === undefined ? "" : ` in "${namespace}"`}`;
    if (missing.length === 0) yield { what, state: "good", text: verbs.join(", ") };
    else {
      const mend = "give them by a role, as deploy/deployer-rights.yaml does";
      yield { what, state, text: `not allowed: ${missing.join(", ")}; without them ${without}`, mend };
    }
  }
}

async function present(
  { kind, name, as }: { readonly kind: Kind; readonly name: string; readonly as: string },
  { client, signal, namespace }: Looking & { readonly namespace: string },
): Promise<Finding> {
  const what = `${as} "${name}" in "${namespace}"`;
  const found = await seen(client.get(kind, { namespace, name }, { signal }));
  if (found === "hidden") return { what, state: "unknown", text: `no right to look; deploying needs none` };
  if (found !== undefined) return { what, state: "good", text: "it is there" };
  return {
    what,
    state: "bad",
    text: "it is not there, and no pod starts without it",
    mend: `make it in "${namespace}"`,
  };
}

/** `hidden` for what may not be looked at. */
export async function seen<T extends KubernetesObject>(
  getting: Promise<T | undefined>,
): Promise<T | undefined | "hidden"> {
  try {
    return await getting;
  } catch (error) {
    if (error instanceof DeployError && error.code === "forbidden") return "hidden";
    throw error;
  }
}
