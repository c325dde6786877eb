import { randomInt } from "node:crypto";
import type { Change, Cluster, Kind, LogLine, ObjectName, Scope, Signalled } from "../cluster.ts";
import type { KubernetesObject } from "../objects.ts";
import type { KubeAccess } from "./access.ts";
import type { BackOffPolicy } from "./back-off.ts";
import { asObject } from "./kubernetes-object.ts";
import { listPages } from "./list-pages.ts";
import { pathOf, placeText, queryOf } from "./paths.ts";
import { type ContainerName, podLog, type PodLogOptions } from "./pod-log.ts";
import { Requests } from "./requests.ts";
import type { KubeRequest } from "./send-as.ts";
import { type Attempt, mayDo, serverVersion, serves } from "./server-facts.ts";
import { watchObjects } from "./watch.ts";

export interface KubeClientOptions {
  readonly access: KubeAccess;
  /** In whose name things are applied. Default `functions-mesh`. */
  readonly manager?: string;
  /** How long one operation may take. Default 30 s; watches and logs that are followed have no limit. */
  readonly timeoutMs?: number;
  /** Before something is tried again. Default from 200 ms to 30 s. */
  readonly backOff?: BackOffPolicy;
  /** Gets what the API server advises (`warning:`), and what is in the way of a watch. */
  readonly onWarning?: (text: string) => void;
}

/** A client of Kubernetes on `fetch`: what functions need of it, and what is asked about a cluster before. */
export interface KubeClient extends Cluster {
  readonly access: KubeAccess;
  /** Whether we may do something (SelfSubjectAccessReview). */
  may(attempt: Attempt, call: Signalled): Promise<boolean>;
  /** Of Kubernetes: `v1.32.2`. */
  version(call: Signalled): Promise<string>;
  /** Whether it knows a group and version of things: `serving.knative.dev/v1`. */
  serves(apiVersion: string, call: Signalled): Promise<boolean>;
}

const BACK_OFF: BackOffPolicy = { firstMs: 200, mostMs: 30_000 };

/** Opens a client; nothing is sent before something is asked for. */
export function kubeClient(options: KubeClientOptions): KubeClient {
  return new FetchClient(options);
}

class FetchClient implements KubeClient {
  readonly access: KubeAccess;
  readonly #requests: Requests;
  readonly #manager: string;
  readonly #backOff: BackOffPolicy;
  readonly #onWarning: (text: string) => void;

  constructor({ access, manager = "functions-mesh", timeoutMs = 30_000, backOff, onWarning }: KubeClientOptions) {
    this.access = access;
    this.#manager = manager;
    this.#backOff = backOff ?? BACK_OFF;
    this.#onWarning = onWarning ?? (() => undefined);
    this.#requests = new Requests({ access, timeoutMs, backOff: this.#backOff, onWarning: this.#onWarning });
  }

  async get<T extends KubernetesObject>(kind: Kind, name: ObjectName, { signal }: Signalled): Promise<T | undefined> {
    const request = {
      method: "GET",
      path: pathOf(kind, name),
      verb: "get",
      what: placeText(kind, name),
      signal,
    } as const;
    const answer = await this.#requests.ask(request);
    if ("value" in answer) return asObject(answer.value) as T;
    // Without a name, it is the kind that is not there.
    const { code, status } = answer.refusal;
    if (code === 404 && status.details?.name !== undefined) return undefined;
    throw this.#requests.refused(answer.refusal, request);
  }

  async list<T extends KubernetesObject>(kind: Kind, scope: Scope, { signal }: Signalled): Promise<readonly T[]> {
    return (await listPages<T>(this.#requests, { kind, scope, signal })).items;
  }

  async apply<T extends KubernetesObject>(kind: Kind, manifest: T, { signal }: Signalled): Promise<T> {
    const { namespace, name } = manifest.metadata;
    const { apiVersion, kind: kindName } = kind;
    const applied = await this.#requests.json({
      method: "PATCH",
      path: pathOf(kind, { namespace, name }) + queryOf({ fieldManager: this.#manager, fieldValidation: "Strict" }),
      verb: "patch",
      what: placeText(kind, { namespace, name }),
      // JSON is YAML.
      contentType: "application/apply-patch+yaml",
      body: JSON.stringify({ apiVersion, kind: kindName, ...manifest }),
      signal,
    });
    return asObject(applied) as T;
  }

  async delete(kind: Kind, name: ObjectName, { signal }: Signalled): Promise<void> {
    const request: KubeRequest = {
      method: "DELETE",
      path: pathOf(kind, name),
      verb: "delete",
      what: placeText(kind, name),
      contentType: "application/json",
      body: JSON.stringify({ kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" }),
      signal,
    };
    const answer = await this.#requests.ask(request);
    if ("refusal" in answer && answer.refusal.code !== 404) throw this.#requests.refused(answer.refusal, request);
  }

  watch<T extends KubernetesObject>(kind: Kind, scope: Scope, { signal }: Signalled): AsyncIterable<Change<T>> {
    // Watches that began together are not to end together.
    const seconds = randomInt(240, 300);
    const [requests, backOff] = [this.#requests, this.#backOff];
    return watchObjects<T>({ requests, kind, scope, backOff, signal, onTrouble: this.#onWarning, seconds });
  }

  logs(container: ContainerName, options: PodLogOptions): AsyncIterable<LogLine> {
    return podLog(container, options, { requests: this.#requests, backOff: this.#backOff });
  }

  may(attempt: Attempt, call: Signalled): Promise<boolean> {
    return mayDo(this.#requests, attempt, call);
  }

  version(call: Signalled): Promise<string> {
    return serverVersion(this.#requests, call);
  }

  serves(apiVersion: string, call: Signalled): Promise<boolean> {
    return serves(this.#requests, apiVersion, call);
  }
}
