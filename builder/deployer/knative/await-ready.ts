import type { Condition, Deployment } from "../../../mesh/deployment.ts";
import { pause } from "../../../mesh/pause.ts";
import { DeployError } from "../deploy-error.ts";
import { type Cause, causeOf } from "./cause.ts";
import { type Cluster, REVISIONS, SERVICES, type Signalled } from "./cluster.ts";
import { stateOf } from "./conditions.ts";
import { explained } from "./explain.ts";
import type { LiveFunctions } from "./live-functions.ts";
import type { KnativeRevision, KnativeService, KubernetesObject } from "./objects.ts";
import type { Place } from "./place.ts";

/** What waiting needs to know. */
export interface Waiting extends Signalled {
  readonly cluster: Cluster;
  readonly functions: LiveFunctions;
  readonly deployment: Deployment;
  readonly place: Place;
  /** How long it may take. */
  readonly seconds: number;
  /** Gets what is in the way and may yet go away. */
  readonly onNews: (text: string) => void;
}

const FIRST_MS = 100;
const MOST_MS = 1_000;
/** How often pods and events are looked at. */
const EVIDENCE_MS = 2_000;
/** How long the cluster may be away in the middle. */
const OUTAGE_MS = 5_000;
/** How long a route may take once its revisions are ready. */
const ROUTE_SECONDS = 60;
/** How long a route may go on saying what was so before its revisions were ready. */
const STALE_SECONDS = 10;
/** Knative itself is to be the first to say that the time is over. */
const GRACE_SECONDS = 5;

/**
 * Waits until a revision takes calls.
 * @throws DeployError saying why it does not, when that will not pass or the time is over.
 */
export async function awaitRevision(name: string, waiting: Waiting): Promise<void> {
  const { cluster, functions, place, signal, seconds, onNews } = waiting;
  const endsAt = performance.now() + (seconds + GRACE_SECONDS) * 1000;
  let lookedAt = performance.now();
  let news = "";
  await poll(waiting, async () => {
    const found = { namespace: place.namespace, name };
    const revision = await cluster.get<KnativeRevision>(REVISIONS, found, { signal });
    const { state, reason }: Condition = revision === undefined ? { state: "progressing" } : stateOf(revision);
    if (state === "ready") return true;
    const isOver = performance.now() > endsAt;
    const mayPass = state !== "failed" || reason === "Unschedulable";
    if (mayPass && !isOver && performance.now() - lookedAt < EVIDENCE_MS) return false;
    lookedAt = performance.now();
    if (revision === undefined) await checkWanted(name, waiting);
    const cause = causeOf(await functions.evidence(place, revision, name, { signal }));
    if (!mayPass || isOver || cause?.isFinal === true) throw failure(cause, waiting);
    if (cause !== undefined && cause.text !== news) onNews((news = cause.text));
    return false;
  });
}

/**
 * Waits until calls go where a Service says.
 * @param applied what was applied, which the cluster has to have looked at.
 * @throws DeployError saying what the cluster says, when that cannot be or the time is over.
 */
export async function awaitRoutes(
  label: string,
  applied: KubernetesObject,
  { cluster, place, signal }: Pick<Waiting, "cluster" | "place" | "signal">,
): Promise<void> {
  const beganAt = performance.now();
  const { generation = 0 } = applied.metadata;
  await poll({ signal }, async () => {
    const service = await cluster.get<KnativeService>(SERVICES, place, { signal });
    const isSeen = (service?.status?.observedGeneration ?? 0) >= generation;
    const { state, reason, message }: Condition =
      service !== undefined && isSeen ? stateOf(service, "RoutesReady") : { state: "progressing" };
    if (state === "ready") return true;
    const patience = state === "failed" ? STALE_SECONDS : ROUTE_SECONDS;
    if (performance.now() - beganAt < patience * 1000) return false;
    const said = [reason, message].filter((part) => part !== undefined).join(": ");
    const text = `calls of "${label}" cannot be sent where they are to go`;
    throw new DeployError("not_ready", `${text}: ${said === "" ? "the cluster made no route" : said}`);
  });
}

/** Waits until a Service and all that belongs to it are gone. */
export async function awaitGone(
  service: KnativeService,
  { cluster, place, signal }: Pick<Waiting, "cluster" | "place" | "signal">,
): Promise<void> {
  await poll({ signal }, async () => {
    const present = await cluster.get<KnativeService>(SERVICES, place, { signal });
    return present === undefined || present.metadata.uid !== service.metadata.uid;
  });
}

/** A revision that nobody asks for any more will never be there. */
async function checkWanted(name: string, { cluster, place, deployment, signal }: Waiting): Promise<void> {
  const service = await cluster.get<KnativeService>(SERVICES, place, { signal });
  if (service?.spec.template.metadata?.name === name) return;
  const { version, label } = deployment;
  const text = `"${label}" was ${service === undefined ? "removed" : "deployed otherwise"} meanwhile`;
  throw new DeployError("conflict", `${text}; deploy version ${version} again if it is still wanted`);
}

function failure(cause: Cause | undefined, { deployment, place, seconds }: Waiting) {
  return explained(cause ?? { code: "not_ready", text: "" }, deployment, { namespace: place.namespace, seconds });
}

/** Asks until the answer is yes, more rarely with time. A cluster that is away for a moment is asked again. */
async function poll({ signal }: Signalled, ask: () => Promise<boolean>): Promise<void> {
  let answeredAt = performance.now();
  const isYes = async (): Promise<boolean> => {
    try {
      const answer = await ask();
      answeredAt = performance.now();
      return answer;
    } catch (error) {
      const isAway = error instanceof DeployError && error.code === "unreachable";
      if (isAway && performance.now() - answeredAt < OUTAGE_MS) return false;
      throw error;
    }
  };
  for (let ms = FIRST_MS; !(await isYes()); ms = Math.min(ms * 1.5, MOST_MS)) {
    await pause(ms, signal);
    signal.throwIfAborted();
  }
}
