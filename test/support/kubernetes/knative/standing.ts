import { type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../objects.ts";
import type { ContainerState } from "../pods.ts";
import { SECRETS, SERVICE_ACCOUNTS } from "../resources.ts";
import type { Store } from "../store.ts";
import { type Condition, isFalse, isTrue, isUnknown } from "./conditions.ts";
import type { Images } from "./images.ts";

/** How things stand with a revision. */
export interface Standing {
  readonly container?: ContainerState;
  /** What is said at once, and what only when the deadline has passed. */
  readonly now?: Condition;
  readonly late?: Condition;
  readonly event?: { readonly reason: string; readonly message: string };
}

export interface StandingOptions {
  readonly store: Store;
  readonly images: Images;
  /** Why no pod can be made in a namespace, if so. */
  readonly quotaOf: (namespace: string) => string | undefined;
}

/** Looks what becomes of a revision, as the cluster is now. */
export function standingOf(revision: KubeObject, { store, images, quotaOf }: StandingOptions): Standing {
  const { namespace = "", name } = revision.metadata;
  const spec = revision.spec ?? {};
  const { image } = containerOf(revision);
  const pullSecrets = listOf(spec["imagePullSecrets"])
    .map((secret) => textOf(secret["name"]))
    .filter((secret) => store.get(SECRETS, namespace, secret) !== undefined);
  const unpullable = images.failureOf(image, pullSecrets);
  if (unpullable !== undefined && !image.includes("@")) {
    const message = `Unable to fetch image "${image}": failed to resolve image to digest: ${unpullable}`;
    return { now: isFalse("ContainerHealthy", "ContainerMissing", message) };
  }
  const account = textOf(spec["serviceAccountName"]) || "default";
  const pod = `pods "${name}-deployment-" is forbidden`;
  if (store.get(SERVICE_ACCOUNTS, namespace, account) === undefined) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
    return { now: isFalse("ResourcesAvailable", "FailedCreate", `${pod}: ${why}`) };
  }
  const quota = quotaOf(namespace);
  if (quota !== undefined) return { now: isFalse("ResourcesAvailable", "FailedCreate", `${pod}: ${quota}`) };
  const absent = secretNames(spec).find((secret) => store.get(SECRETS, namespace, secret) === undefined);
  if (absent !== undefined) {
    const message = `MountVolume.SetUp failed for volume "secrets" : secret "${absent}" not found`;
    const late = isFalse("ResourcesAvailable", "ProgressDeadlineExceeded", "Initial scale was never achieved");
    return {
      container: { waiting: { reason: "ContainerCreating" } },
      late,
      event: { reason: "FailedMount", message },
    };
  }
  if (unpullable !== undefined) {
    const message = `Back-off pulling image "${image}": ErrImagePull: ${unpullable}`;
    const late = isFalse("ResourcesAvailable", "ImagePullBackOff", message);
    return { container: { waiting: { reason: "ImagePullBackOff", message } }, late };
  }
  return started(images.get(image).start ?? "fine");
}

/** What a revision says of how it stands. */
export function conditionsOf({ container, now, late }: Standing, isLate: boolean): Condition[] {
  const said = now ?? (isLate ? late : undefined);
  if (said !== undefined) {
    const ready = { ...said, type: "Ready" };
    const isHealth = said.type === "ContainerHealthy";
    const other = isHealth ? isUnknown("ResourcesAvailable", "Deploying") : isUnknown("ContainerHealthy");
    return isHealth ? [said, ready, other] : [other, ready, said];
  }
  if (container !== undefined && "running" in container && container.running.isReady) {
    return ["Active", "ContainerHealthy", "Ready", "ResourcesAvailable"].map(isTrue);
  }
  return [isUnknown("ContainerHealthy"), isUnknown("Ready", "Deploying"), isUnknown("ResourcesAvailable", "Deploying")];
}

/** What it says when nobody calls it. */
export const RESTING: readonly Condition[] = [
  isFalse("Active", "NoTraffic", "The target is not receiving traffic."),
  isTrue("ContainerHealthy"),
  isTrue("Ready"),
  isTrue("ResourcesAvailable"),
];

/** The container of the function. */
export function containerOf(revision: KubeObject): { readonly name: string; readonly image: string } {
  const [container] = listOf(revision.spec?.["containers"]);
  return { name: textOf(container?.["name"]), image: textOf(container?.["image"]) };
}

function started(start: "fine" | "never" | { exitCode: number; message?: string; reason?: string }): Standing {
  if (start === "fine") return { container: { running: { isReady: true } } };
  if (start === "never") {
    const late = isFalse("ResourcesAvailable", "ProgressDeadlineExceeded", "Initial scale was never achieved");
    return { container: { running: { isReady: false } }, late };
  }
  const { exitCode, message = "", reason = exitCode === 137 ? "OOMKilled" : "Error" } = start;
  return {
    container: { crashed: { exitCode, reason, message } },
    now: isFalse("ContainerHealthy", `ExitCode${exitCode}`, `Container failed with: ${message}`),
  };
}

function secretNames(spec: Fields): string[] {
  const volumes = listOf(spec["volumes"]).flatMap((volume) => [
    fieldsOf(volume, "secret")["secretName"],
    ...listOf(fieldsOf(volume, "projected")["sources"]).map((source) => fieldsOf(source, "secret")["name"]),
  ]);
  return volumes.filter((name) => typeof name === "string");
}
