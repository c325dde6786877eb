import { type Fields, type KubeObject, ownedBy } from "../objects.ts";
import { CONFIGURATIONS, REVISIONS, ROUTES, SERVICES } from "../resources.ts";
import type { Store } from "../store.ts";
import { type Condition, conditionOf, isFalse, isReady, isTrue, isUnknown, stamped } from "./conditions.ts";
import { makeConfiguration, reportConfiguration } from "./configurations.ts";
import type { Revisions } from "./revisions.ts";
import { addressOf, assignTraffic } from "./routes.ts";

export interface ControllerOptions {
  readonly store: Store;
  readonly revisions: Revisions;
  /** Between one state of a service and the next. */
  readonly stepMs: number;
}

/** Brings services where they are wanted, one step after the other, as Knative's controllers do. */
export class Controller {
  readonly #options: ControllerOptions;
  /** How far each service has come with its present generation. */
  readonly #progress = new Map<string, { generation: number; step: number }>();
  readonly #timer: ReturnType<typeof setInterval>;
  #isHeld = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.stepMs);
  }

  /** Whether nothing moves on for now. */
  set isHeld(value: boolean) {
    this.#isHeld = value;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#isHeld) return;
    const { store, revisions } = this.#options;
    // What is ready stays so by itself: looking at it again would only take time.
    for (const revision of store.list(REVISIONS)) if (!isReady(revision)) revisions.look(revision);
    for (const service of store.list(SERVICES)) {
      if (service.metadata.deletionTimestamp === undefined) this.#step(service);
    }
  }

  #step(service: KubeObject): void {
    const { uid = "", generation = 0 } = service.metadata;
    const before = this.#progress.get(uid);
    const step = before?.generation === generation ? before.step + 1 : 0;
    this.#progress.set(uid, { generation, step });
    // At first nobody has looked at it: what its status says is about the generation before.
    if (step === 0) return;
    if (step === 1) this.#report(service, OUT_OF_DATE);
    else if (step <= SETTLED_AFTER || !isReady(service)) this.#reconcile(service, step);
  }

  #reconcile(service: KubeObject, step: number): void {
    const { store } = this.#options;
    const { namespace, name } = service.metadata;
    const present = store.get(CONFIGURATIONS, namespace, name);
    const configuration =
      step === 2 || present === undefined ? makeConfiguration(store, service) : reportConfiguration(store, present);
    const configured = renamed(conditionOf(configuration, "Ready"), "ConfigurationsReady");
    const url = addressOf(service);
    const assigned = assignTraffic(service, { store, configuration, url });
    const isRouted = assigned.traffic !== undefined && step > 4;
    // A revision's failure is told as what it is at first, and then as what it means for the route.
    const isNews = configured.status === "False" && conditionOf(service, "ConfigurationsReady")?.["status"] !== "False";
    const routed = isRouted ? isTrue("RoutesReady") : waitingRoute(assigned.condition, isNews);
    this.#putRoute(service, assigned.condition, routed, isRouted ? assigned.traffic : undefined);
    const ready =
      [routed, configured].find((condition) => condition.status === "False") ??
      [routed, configured].find((condition) => condition.status === "Unknown") ??
      isTrue("Ready");
    const { latestCreatedRevisionName, latestReadyRevisionName } = configuration.status ?? {};
    this.#report(service, [configured, renamed(ready, "Ready"), routed], {
      latestCreatedRevisionName,
      ...(latestReadyRevisionName !== undefined && { latestReadyRevisionName }),
      ...(isRouted && { url: url.origin, address: { url: url.origin }, traffic: assigned.traffic }),
    });
  }

  #putRoute(service: KubeObject, assigned: Condition, routed: Condition, traffic: readonly Fields[] | undefined): void {
    const { name, namespace } = service.metadata;
    const { store } = this.#options;
    const present = store.get(ROUTES, namespace, name);
    const conditions = [
      assigned,
      isTrue("CertificateProvisioned"),
      renamed(routed, "IngressReady"),
      renamed(routed, "Ready"),
    ];
    const route: KubeObject = {
      apiVersion: service.apiVersion,
      kind: "Route",
      metadata: {
        ...present?.metadata,
        name,
        ...(namespace !== undefined && { namespace }),
        labels: { ...service.metadata.labels, "serving.knative.dev/service": name },
        ownerReferences: [ownedBy(service)],
      },
      spec: { traffic: service.spec?.["traffic"] },
    };
    const stampedConditions = stamped(present ?? route, conditions);
    const status = { ...present?.status, conditions: stampedConditions, ...(traffic !== undefined && { traffic }) };
    store.put(ROUTES, { ...route, status });
  }

  #report(service: KubeObject, conditions: readonly Condition[], more: Fields = {}): void {
    const status = {
      ...service.status,
      ...more,
      observedGeneration: service.metadata.generation,
      conditions: stamped(service, conditions),
    };
    this.#options.store.put(SERVICES, { ...service, status });
  }
}

/** Steps after which a service that is ready has come to its end. */
const SETTLED_AFTER = 8;

const OUT_OF_DATE: readonly Condition[] = ["ConfigurationsReady", "Ready", "RoutesReady"].map((type) =>
  type === "RoutesReady"
    ? isUnknown(type)
    : isUnknown(type, "OutOfDate", "The Configuration is still working to reflect the latest desired specification."),
);

function waitingRoute(assigned: Condition, isNews: boolean): Condition {
  if (isNews && assigned.status === "False") return isUnknown("RoutesReady", assigned.reason, assigned.message);
  if (assigned.status !== "True") return renamed(assigned, "RoutesReady");
  return isUnknown("RoutesReady", "IngressNotConfigured", "Ingress has not yet been reconciled.");
}

function renamed(condition: Condition | Fields | undefined, type: string): Condition {
  const { status = "Unknown", reason, message } = (condition ?? {}) as Partial<Condition>;
  if (status === "True") return isTrue(type);
  return status === "False" ? isFalse(type, reason ?? "", message ?? "") : isUnknown(type, reason, message);
}
