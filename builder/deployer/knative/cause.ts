import type { DeployErrorCode } from "../deploy-error.ts";
import { failuresOf } from "./conditions.ts";
import { CONTAINER } from "./container.ts";
import type { KnativeRevision, KubernetesEvent, ObjectCondition, Pod } from "./objects.ts";

/** What is in the way of a revision. */
export interface Cause {
  readonly code: DeployErrorCode;
  /** As the cluster says it. */
  readonly text: string;
  /** Whether waiting is of no use: it was tried more than once. */
  readonly isFinal: boolean;
}

/** What is known of a revision. */
export interface Evidence {
  readonly revision?: KnativeRevision | undefined;
  readonly pods: readonly Pod[];
  readonly events: readonly KubernetesEvent[];
}

/** Words of the cluster, and what they mean; the first that is found counts. */
const MEANINGS: readonly (readonly [RegExp, DeployErrorCode])[] = [
  [/OOMKilled/, "out_of_memory"],
  [/exceeded quota|Unschedulable|FailedScheduling|Insufficient (?:cpu|memory)/i, "quota"],
  [/secrets? "[^"]*" not found|non-existent secret|couldn't find key/i, "secret_missing"],
  [/CrashLoopBackOff/, "crash_loop"],
  [/ImagePull|ErrImage|InvalidImageName|ContainerMissing|unable to fetch image|failed to pull/i, "image_unavailable"],
  [/PodSecurity|forbidden|serviceaccount "[^"]*" not found/i, "forbidden"],
  [/NotOwned|does not own/, "conflict"],
  [/ExitCode|Container failed with|exit code|CreateContainer(?:Config)?Error|RunContainerError/i, "start_failed"],
];

/** What comes of being tried again and again. */
const FINAL = ["ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CrashLoopBackOff"];
/** What nobody but a person can change. */
const NEEDS_SOMEBODY: readonly DeployErrorCode[] = ["secret_missing"];

/** The events of these kinds say what a revision waits for. */
const TELLING_EVENTS = ["FailedMount", "FailedCreate", "FailedScheduling"];

/** The most specific cause that the evidence shows: a pod's own, an event's, the revision's; `undefined` when nothing is in the way. */
export function causeOf({ revision, pods, events }: Evidence): Cause | undefined {
  const causes = [
    ...pods.flatMap(podCauses),
    ...events.filter(({ reason = "" }) => TELLING_EVENTS.includes(reason)).map((event) => causeIn(event, false)),
    ...(revision === undefined ? [] : failuresOf(revision).map((condition) => causeIn(condition, true))),
  ];
  // What is understood is worth more than "not ready".
  return causes.find(({ code }) => code !== "not_ready") ?? causes[0];
}

/** What something said in words of the cluster means. */
export function causeIn(
  { reason = "", message = "" }: Pick<ObjectCondition, "reason" | "message">,
  isFinal: boolean,
): Cause {
  const text = [reason, message].filter((part) => part !== "").join(": ");
  const [, code = "not_ready"] = MEANINGS.find(([words]) => words.test(text)) ?? [];
  return { code, text, isFinal: isFinal || NEEDS_SOMEBODY.includes(code) };
}

function podCauses({ status }: Pod): readonly Cause[] {
  const unscheduled = (status?.conditions ?? [])
    .filter((condition) => condition.type === "PodScheduled" && condition.status === "False")
    .map((condition) => causeIn(condition, false));
  const own = status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  if (own === undefined) return unscheduled;
  const { waiting, terminated } = own.state ?? {};
  const isFinal = FINAL.includes(waiting?.reason ?? "");
  const ended = terminated ?? own.lastState?.terminated;
  if (ended !== undefined) return [endedCause(ended, isFinal)];
  // One that is about to start is nothing to tell.
  if (waiting === undefined || /^(?:ContainerCreating|PodInitializing)$/.test(waiting.reason ?? "")) return unscheduled;
  return [causeIn(waiting, isFinal)];
}

function endedCause(
  { reason = "", message = "", exitCode }: { reason?: string; message?: string; exitCode: number },
  isFinal: boolean,
): Cause {
  const said = message.trim();
  const text = `it ended with exit code ${exitCode}${reason === "Error" || reason === "" ? "" : ` (${reason})`}`;
  const code = reason === "OOMKilled" ? "out_of_memory" : isFinal ? "crash_loop" : "start_failed";
  return { code, text: said === "" ? text : `${text}: ${said}`, isFinal };
}
