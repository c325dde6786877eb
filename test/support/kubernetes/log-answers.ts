import { listOf, type KubeObject, textOf } from "./objects.ts";
import type { LogLine, PodLogs } from "./pod-logs.ts";
import { badRequest } from "./status.ts";

/** Answers a request for the log of a pod, as the kubelet does. */
export function answerLog(pod: KubeObject, query: URLSearchParams, logs: PodLogs): Response {
  const container = query.get("container");
  const containers = listOf(pod.spec?.["containers"]).map(({ name }) => textOf(name));
  if (container === null && containers.length > 1) {
    const choices = containers.join(" ");
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${choices}]`);
  }
  if (container !== null && !containers.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`);
  }
  const isPrevious = query.get("previous") === "true";
  const lines = logs.read(pod.metadata, isPrevious);
  refuseWaiting(pod, lines, isPrevious);
  const text = (line: LogLine): string =>
    query.get("timestamps") === "true" ? `${line.at} ${line.text}\n` : `${line.text}\n`;
  // The API server hands the time on to the kubelet without its fraction, so that lines come again.
  const since = query.get("sinceTime");
  const sinceMs = since === null ? 0 : Math.floor(Date.parse(since) / 1000) * 1000;
  const first = lines.findIndex((line) => Date.parse(line.at) >= sinceMs);
  const recent = first === -1 ? [] : lines.slice(first);
  const tail = query.get("tailLines");
  const wanted = tail === null ? recent : recent.slice(recent.length - Math.min(Number(tail), recent.length));
  if (query.get("follow") !== "true") return new Response(wanted.map(text).join(""));
  return new Response(followed(pod, lines.length - wanted.length, { logs, text }), {
    headers: { "content-type": "text/plain" },
  });
}

function followed(
  pod: KubeObject,
  from: number,
  { logs, text }: { logs: PodLogs; text: (line: LogLine) => string },
): ReadableStream<Uint8Array> {
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      stop = logs.follow(pod.metadata, from, {
        line: (line) => controller.enqueue(encoder.encode(text(line))),
        end: () => controller.close(),
      });
    },
    cancel: () => stop(),
  });
}

function refuseWaiting(
  { metadata: { name }, status }: KubeObject,
  lines: readonly LogLine[],
  isPrevious: boolean,
): void {
  const [container] = listOf(status?.["containerStatuses"]);
  const waiting = (container?.["state"] as { waiting?: { reason?: string } } | undefined)?.waiting;
  const of = `container "${textOf(container?.["name"])}" in pod "${name}"`;
  if (lines.length > 0) return;
  if (isPrevious) throw badRequest(`previous terminated ${of} not found`);
  if (waiting !== undefined) throw badRequest(`${of} is waiting to start: ${waiting.reason ?? "ContainerCreating"}`);
}
