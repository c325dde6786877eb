import { DeployError } from "../../deploy-error.ts";
import { type LogLine, PODS } from "../cluster.ts";
import type { Pod } from "../objects.ts";
import { BackOff, type BackOffPolicy } from "./back-off.ts";
import { asObject } from "./kubernetes-object.ts";
import { linesOf } from "./lines.ts";
import { logTime } from "./log-time.ts";
import { pathOf, placeText, queryOf } from "./paths.ts";
import type { Requests } from "./requests.ts";
import { SeenLines } from "./seen-lines.ts";
import type { KubeRequest } from "./send-as.ts";

/** Whose log. */
export interface ContainerName {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

export interface PodLogOptions {
  /** The newest so many that there are. */
  readonly lines: number;
  /** Goes on with those that come, until the pod has ended. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

const MAX_LENGTH = 1024 * 1024;

/** A pod may come up after long; who follows it is not to wait as long for its first line. */
const MOST_MS = 5_000;

/**
 * Reads the log of a container, oldest line first, each of them once, however often the connection breaks.
 * @throws DeployError when there is no reading it at all; what is in the way later is waited out by who follows.
 */
export async function* podLog(
  container: ContainerName,
  options: PodLogOptions,
  { requests, backOff: policy }: { readonly requests: Requests; readonly backOff: BackOffPolicy },
): AsyncGenerator<LogLine, void, undefined> {
  const { follow, signal } = options;
  const backOff = new BackOff({ ...policy, mostMs: Math.min(policy.mostMs, MOST_MS) });
  const seen = new SeenLines();
  for (let isFirst = true; ; isFirst = false) {
    try {
      // Looked at before it is read: what it wrote until it ended is all there then.
      const state = await podState(container, requests, signal);
      if (state === "gone") return;
      for await (const line of once(container, { ...options, since: seen.last }, requests)) {
        backOff.reset();
        if (seen.isNew(line)) yield line;
      }
      if (!follow || state === "ended") return;
    } catch (error) {
      signal.throwIfAborted();
      const isPassing = error instanceof DeployError && error.code === "unreachable";
      if (!follow || !isPassing || (isFirst && seen.last === undefined)) throw error;
    }
    seen.resume();
    await backOff.wait(signal);
  }
}

async function* once(
  { namespace, name, container }: ContainerName,
  { lines, follow, signal, since }: PodLogOptions & { readonly since: string | undefined },
  requests: Requests,
): AsyncGenerator<LogLine, void, undefined> {
  const left = new AbortController();
  const query = queryOf({
    container,
    timestamps: true,
    ...(follow && { follow }),
    ...(since === undefined ? { tailLines: lines } : { sinceTime: since }),
  });
  const request: KubeRequest = {
    method: "GET",
    path: `${pathOf(PODS, { namespace, name })}/log${query}`,
    verb: "get",
    what: `the log of ${placeText(PODS, { namespace, name })}`,
    signal: AbortSignal.any([signal, left.signal]),
  };
  try {
    const answer = await requests.open(request);
    if ("refusal" in answer) {
      const { code, status } = answer.refusal;
      // It has written nothing yet, or all of it is gone.
      if (code === 404 || (code === 400 && status.message.includes("waiting to start"))) return;
      throw requests.refused(answer.refusal, request);
    }
    if (answer.value.body === null) return;
    let at = since ?? "";
    for await (const line of linesOf(answer.value.body, MAX_LENGTH)) {
      const [stamp = ""] = line.split(" ", 1);
      const time = logTime(stamp);
      // The kubelet itself may say something, and does so without a time.
      at = time ?? at;
      if (at !== "") yield { at, text: time === undefined ? line : line.slice(stamp.length + 1) };
    }
  } catch (error) {
    throw requests.explain(error);
  } finally {
    left.abort();
  }
}

async function podState(
  { namespace, name }: ContainerName,
  requests: Requests,
  signal: AbortSignal,
): Promise<"there" | "ended" | "gone"> {
  const asked = { verb: "get", what: placeText(PODS, { namespace, name }) } as const;
  const answer = await requests.ask({ method: "GET", path: pathOf(PODS, { namespace, name }), ...asked, signal });
  if ("refusal" in answer) {
    if (answer.refusal.code === 404) return "gone";
    throw requests.refused(answer.refusal, asked);
  }
  const { status } = asObject(answer.value) as Pod;
  return status?.phase === "Succeeded" || status?.phase === "Failed" ? "ended" : "there";
}
