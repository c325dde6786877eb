import type { DeployedName } from "../../../mesh/deployment.ts";
import { DeployError } from "../deploy-error.ts";
import { type Cluster, EVENTS, PODS, REVISIONS, SERVICES, type Signalled } from "./cluster.ts";
import { functionOf, projectSelector } from "./marks.ts";
import type { Evidence } from "./cause.ts";
import type { KnativeRevision, KnativeService, KubernetesEvent, Pod } from "./objects.ts";
import { type Place, namespaceOf, placeOf } from "./place.ts";
import type { SettledKnative } from "./settings.ts";

const SERVICE_LABEL = "serving.knative.dev/service";
const REVISION_LABEL = "serving.knative.dev/revision";

/** A function as the cluster has it. */
export interface LiveFunction {
  readonly service: KnativeService;
  readonly revisions: readonly KnativeRevision[];
}

/** Reads of the cluster what there is of functions. */
export class LiveFunctions {
  readonly #cluster: Cluster;
  readonly #settings: SettledKnative;

  constructor(cluster: Cluster, settings: SettledKnative) {
    this.#cluster = cluster;
    this.#settings = settings;
  }

  /**
   * A function's Service and revisions, if there are any.
   * @throws DeployError `conflict` when something else has its name.
   */
  async find(name: DeployedName, call: Signalled): Promise<LiveFunction | undefined> {
    const place = placeOf(name, this.#settings);
    const service = await this.#cluster.get<KnativeService>(SERVICES, place, call);
    if (service === undefined) return undefined;
    const owner = functionOf(service);
    if (owner?.project !== name.project || owner.label !== name.label) {
      const text = `the Service "${place.name}" in "${place.namespace}" is not of the function "${name.label}"`;
      throw new DeployError("conflict", `${text}; remove it, or give the function another label`);
    }
    return { service, revisions: await this.revisions(place, call) };
  }

  /** All of a project. */
  async all(project: string, call: Signalled): Promise<readonly LiveFunction[]> {
    const scope = { namespace: namespaceOf(project, this.#settings), labelSelector: projectSelector(project) };
    const [services, revisions] = await Promise.all([
      this.#cluster.list<KnativeService>(SERVICES, scope, call),
      this.#cluster.list<KnativeRevision>(REVISIONS, scope, call),
    ]);
    return services
      .filter((service) => functionOf(service)?.project === project)
      .map((service) => ({
        service,
        revisions: revisions.filter(({ metadata }) => metadata.labels?.[SERVICE_LABEL] === service.metadata.name),
      }));
  }

  /** The revisions of a Service. */
  revisions({ namespace, name }: Place, call: Signalled): Promise<readonly KnativeRevision[]> {
    return this.#cluster.list<KnativeRevision>(
      REVISIONS,
      { namespace, labelSelector: `${SERVICE_LABEL}=${name}` },
      call,
    );
  }

  /** The pods of a Service, or of one of its revisions. */
  pods({ namespace, name }: Place, call: Signalled, revision?: string): Promise<readonly Pod[]> {
    const labelSelector = revision === undefined ? `${SERVICE_LABEL}=${name}` : `${REVISION_LABEL}=${revision}`;
    return this.#cluster.list<Pod>(PODS, { namespace, labelSelector }, call);
  }

  /** What may tell why a revision does not run; what we may not look at tells nothing. */
  async evidence(
    place: Place,
    revision: KnativeRevision | undefined,
    name: string,
    call: Signalled,
  ): Promise<Evidence> {
    const [pods, events] = await Promise.all([
      allowed(this.pods(place, call, name)),
      allowed(this.#cluster.list<KubernetesEvent>(EVENTS, { namespace: place.namespace }, call)),
    ]);
    return { revision, pods, events: events.filter((event) => event.involvedObject?.name?.startsWith(name) === true) };
  }
}

/** The revision that a pod belongs to. */
export function revisionNameOf({ metadata }: Pod): string | undefined {
  return metadata.labels?.[REVISION_LABEL];
}

async function allowed<T>(listing: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await listing;
  } catch (error) {
    if (error instanceof DeployError && error.code === "forbidden") return [];
    throw error;
  }
}
