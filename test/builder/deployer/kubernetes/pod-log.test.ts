import { expect, test } from "vitest";
import type { LogLine } from "../../../../builder/deployer/knative/cluster.ts";
import { logTime } from "../../../../builder/deployer/knative/client/log-time.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import type { KubeObject } from "../../../support/kubernetes/objects.ts";
import { failureOf, GO, namespace, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

/** A pod whose container runs. */
function newPod(name: string, phase = "Running"): KubeObject {
  const { cluster } = kubernetes.server;
  cluster.seed(namespace("shop"));
  return cluster.seed({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop" },
    spec: { containers: [{ name: "fn" }, { name: "queue-proxy" }] },
    status: { phase, containerStatuses: [{ name: "fn", state: { running: {} } }] },
  });
}

async function log(name: string, { lines = 100, follow = false } = {}) {
  const client = await openedClient(kubernetes.server);
  return client.logs({ namespace: "shop", name, container: "fn" }, { lines, follow, ...GO });
}

async function texts(lines: AsyncIterable<LogLine>): Promise<string[]> {
  return (await Array.fromAsync(lines)).map(({ text }) => text);
}

test("the newest lines are read, with their times", async () => {
  const { logs } = kubernetes.server.cluster;
  const pod = newPod("reader");
  for (const text of ["one", "two", "", "three  spaced"]) logs.write(pod.metadata, text);
  const lines = await Array.fromAsync(await log("reader", { lines: 3 }));
  expect(lines.map(({ text }) => text)).toEqual(["two", "", "three  spaced"]);
  for (const { at } of lines) expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
});

test("a pod that is not there has written nothing, nor has one that is starting", async () => {
  const { cluster } = kubernetes.server;
  expect(await texts(await log("absent"))).toEqual([]);
  const pod = newPod("starting");
  const waiting = { reason: "ContainerCreating" };
  cluster.seed({ ...pod, status: { phase: "Pending", containerStatuses: [{ name: "fn", state: { waiting } }] } });
  expect(await texts(await log("starting"))).toEqual([]);
});

test("following goes on over broken connections: no line is missing, none comes twice", async () => {
  const { cluster } = kubernetes.server;
  const pod = newPod("followed");
  const written = ["a", "b", "c", "d", "e", "f"];
  const [first = "", ...rest] = written;
  cluster.logs.write(pod.metadata, first);
  const seen: string[] = [];
  for await (const { text } of await log("followed", { follow: true })) {
    seen.push(text);
    const next = rest.shift();
    if (next === undefined) break;
    cluster.faults.cut();
    cluster.logs.write(pod.metadata, next);
  }
  expect(seen).toEqual(written);
});

test("lines of the very same moment are told apart when reading goes on", async () => {
  const { cluster } = kubernetes.server;
  const pod = newPod("moment");
  const at = new Date().toISOString();
  for (const text of ["a", "a", "b"]) cluster.logs.write(pod.metadata, text, at);
  const seen: string[] = [];
  for await (const { text } of await log("moment", { follow: true })) {
    seen.push(text);
    if (seen.length === 3) {
      cluster.faults.cut();
      cluster.logs.write(pod.metadata, "b", at);
    }
    if (seen.length === 4) break;
  }
  expect(seen).toEqual(["a", "a", "b", "b"]);
});

test("following goes on with the next container of the pod, and ends with the pod", async () => {
  const { cluster } = kubernetes.server;
  const pod = newPod("ending");
  cluster.logs.write(pod.metadata, "first life");
  const seen: string[] = [];
  for await (const { text } of await log("ending", { follow: true })) {
    seen.push(text);
    if (seen.length === 1) {
      cluster.logs.restart(pod.metadata);
      cluster.logs.write(pod.metadata, "second life");
    }
    if (seen.length === 2) cluster.pods.remove(pod);
  }
  expect(seen).toEqual(["first life", "second life"]);
});

test("a pod that has ended is read to its end and no further", async () => {
  const { cluster } = kubernetes.server;
  const pod = newPod("done", "Succeeded");
  cluster.logs.write(pod.metadata, "goodbye");
  cluster.logs.end(pod.metadata);
  expect(await texts(await log("done", { follow: true }))).toEqual(["goodbye"]);
});

test("while the cluster is down following waits", async () => {
  const { cluster } = kubernetes.server;
  const pod = newPod("patient");
  cluster.logs.write(pod.metadata, "before");
  const lines = (await log("patient", { follow: true }))[Symbol.asyncIterator]();
  expect((await lines.next()).value).toMatchObject({ text: "before" });
  const after = lines.next();
  await cluster.faults.down();
  cluster.logs.write(pod.metadata, "after");
  await cluster.faults.up();
  expect((await after).value).toMatchObject({ text: "after" });
  await lines.return?.();
});

test("whoever may not read a log is told so", async () => {
  const { server } = kubernetes;
  newPod("secretive");
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  server.cluster.access.addToken("looker", { name: "looker", rules });
  const client = await openedClient(server, { user: { token: "looker" } });
  const container = { namespace: "shop", name: "secretive", container: "fn" };
  const read = Array.fromAsync(client.logs(container, { lines: 1, follow: true, ...GO }));
  expect(await failureOf(read)).toMatchObject({
    code: "forbidden",
    message: expect.stringContaining('cannot get resource "pods/log"') as string,
  });
});

test("times are in order as texts, whatever the runtime writes", () => {
  expect(logTime("2026-01-02T03:04:05Z")).toBe("2026-01-02T03:04:05.000000000Z");
  expect(logTime("2026-01-02T03:04:05.12Z")).toBe("2026-01-02T03:04:05.120000000Z");
  expect(logTime("2026-01-02T03:04:05.123456789+02:00")).toBe("2026-01-02T01:04:05.123456789Z");
  expect(logTime("unable")).toBeUndefined();
});
