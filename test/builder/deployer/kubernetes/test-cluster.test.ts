import { beforeAll, expect, test } from "vitest";
import { REVISIONS, SERVICES } from "../../../../builder/deployer/knative/cluster.ts";
import type { KubeClient } from "../../../../builder/deployer/knative/client/kube-client.ts";
import type { KnativeRevision, KnativeService } from "../../../../builder/deployer/knative/objects.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import type { Fields } from "../../../support/kubernetes/objects.ts";
import { failureOf, GO, namespace, openedClient } from "./opened-client.ts";

// What real clusters were seen to answer; the deployer's tests rely on it.
const kubernetes = useKubernetes({ secondMs: 20 });
let client: KubeClient;
beforeAll(async () => {
  kubernetes.server.cluster.seed(namespace("shop"));
  client = await openedClient(kubernetes.server);
});

/** A Service as somebody writes it who leaves nothing to defaults. */
function service(name: string, revision: string, { traffic, container = {}, annotations = {} }: Given = {}) {
  const explicit = {
    name: "fn",
    resources: {},
    readinessProbe: { successThreshold: 1, httpGet: { path: "/", port: 8080 } },
  };
  const image = `registry/${name}@sha256:${revision}`;
  const deadline = { "serving.knative.dev/progress-deadline": "2s" };
  return {
    metadata: { name, namespace: "shop" },
    spec: {
      template: {
        metadata: { name: `${name}-${revision}`, annotations: { ...deadline, ...annotations } },
        spec: { containers: [{ ...explicit, image, ...container }] },
      },
      ...(traffic !== undefined && { traffic }),
    },
  };
}

interface Given {
  readonly traffic?: readonly Fields[];
  readonly container?: Fields;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Resolves with a Service's conditions, one after the other, until its present generation is ready or has failed. */
async function path(name: string): Promise<string[]> {
  const seen: string[] = [];
  const scope = { namespace: "shop", fieldSelector: `metadata.name=${name}` };
  for await (const change of client.watch<KnativeService>(SERVICES, scope, GO)) {
    const [object] = change.type === "synced" ? change.objects : [change.object];
    if (object === undefined) continue;
    const { status, metadata } = object;
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    const word = ready === undefined ? "none" : [ready.status, ready.reason].filter(Boolean).join(":");
    const isCurrent = status?.observedGeneration === metadata.generation;
    if (seen.at(-1) !== word) seen.push(isCurrent ? word : `old ${word}`);
    if (isCurrent && (ready?.status === "True" || (ready?.reason === "RevisionMissing" && ready.status === "False")))
      break;
  }
  return seen;
}

async function refusal(manifest: ReturnType<typeof service>): Promise<string> {
  const { code, message } = await failureOf(client.apply(SERVICES, manifest, GO));
  expect(code).toBe("invalid");
  return message;
}

test("a new Service comes up by the way that was seen on real clusters", async () => {
  const { controller } = kubernetes.server.cluster;
  controller.isHeld = true;
  await client.apply(SERVICES, service("way", "1"), GO);
  const seen = path("way");
  controller.isHeld = false;
  const states = await seen;
  expect(states[0]).toBe("old none");
  const expected = ["old none", "Unknown:OutOfDate", "Unknown:RevisionMissing", "Unknown:IngressNotConfigured", "True"];
  expect(expected.filter((state) => states.includes(state))).toEqual(expected);
});

test("after a change the old status stands for a while: only the observed generation tells", async () => {
  await client.apply(SERVICES, service("stale", "1"), GO);
  await path("stale");
  const { controller } = kubernetes.server.cluster;
  controller.isHeld = true;
  await client.apply(SERVICES, service("stale", "2"), GO);
  const read = await client.get<KnativeService>(SERVICES, { namespace: "shop", name: "stale" }, GO);
  expect(read?.metadata.generation).toBe(2);
  expect(read?.status?.observedGeneration).toBe(1);
  expect(read?.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("True");
  controller.isHeld = false;
  await path("stale");
});

test("what says everything can be applied again, and what leaves something to defaults cannot", async () => {
  const first = await client.apply<KnativeService>(SERVICES, service("again", "1"), GO);
  const again = await client.apply<KnativeService>(SERVICES, service("again", "1"), GO);
  expect(again.metadata.generation).toBe(first.metadata.generation);
  const open = { ...service("open", "1") };
  open.spec.template.spec.containers = [{ image: "registry/open@sha256:1" } as never];
  await client.apply(SERVICES, open, GO);
  expect(await refusal(open)).toContain("Saw the following changes without a name change");
});

test("a revision's name stands for its content", async () => {
  await client.apply(SERVICES, service("content", "1"), GO);
  const changed = service("content", "1", { container: { env: [{ name: "A", value: "b" }] } });
  expect(await refusal(changed)).toContain("Saw the following changes without a name change");
});

test("what the webhook knows to be wrong is refused", async () => {
  const cases: [Given, string][] = [
    [{ traffic: [{ latestRevision: true, percent: 90 }] }, "Traffic targets sum to 90, want 100"],
    [{ annotations: { "autoscaling.knative.dev/max-scale": "x" } }, "invalid value: x"],
    [{ annotations: { "autoscaling.knative.dev/activation-scale": "1" } }, "=1 must be greater than 1"],
    [{ container: { env: [{ name: "PORT", value: "1" }] } }, '"PORT" is a reserved environment variable'],
    [
      { container: { readinessProbe: { httpGet: { path: "/" }, periodSeconds: 0, timeoutSeconds: 1 } } },
      "must not set the field(s): spec.template.spec.containers[0].readinessProbe.timeoutSeconds",
    ],
    [{ container: { colour: "blue" } }, ".spec.template.spec.containers[0].colour: field not declared in schema"],
  ];
  for (const [given, words] of cases) expect(await refusal(service("wrong", "1", given))).toContain(words);
});

test("an image that is not there fails a tag at once, and a digest when its deadline has passed", async () => {
  const { images } = kubernetes.server.cluster;
  const reasonOf = async (name: string): Promise<string> => {
    await path(name);
    const revision = await client.get<KnativeRevision>(REVISIONS, { namespace: "shop", name: `${name}-1` }, GO);
    const ready = revision?.status?.conditions?.find(({ type }) => type === "Ready");
    return `${ready?.reason}: ${ready?.message}`;
  };
  images.set("registry/tagged:latest", { pull: "missing" });
  const began = performance.now();
  await client.apply(SERVICES, service("tagged", "1", { container: { image: "registry/tagged:latest" } }), GO);
  expect(await reasonOf("tagged")).toMatch(/^ContainerMissing: Unable to fetch image "registry\/tagged:latest"/);
  images.set("registry/digested@sha256:1", { pull: "missing" });
  await client.apply(SERVICES, service("digested", "1"), GO);
  expect(await reasonOf("digested")).toMatch(/^ImagePullBackOff: Back-off pulling image/);
  expect(performance.now() - began).toBeGreaterThan(40);
});

test("a failed revision is told by the configuration first, and then only by what its route misses", async () => {
  kubernetes.server.cluster.images.set("registry/crashing@sha256:1", {
    start: { exitCode: 1, message: "no database" },
  });
  await client.apply(SERVICES, service("crashing", "1"), GO);
  const states = await path("crashing");
  expect(states.slice(-2)).toEqual(["False:RevisionFailed", "False:RevisionMissing"]);
});

test("calls go by host and percent, and wake what rests", async () => {
  const { cluster } = kubernetes.server;
  const closed: string[] = [];
  const run = async ({ revision, env }: { revision: string; env: Readonly<Record<string, string>> }) => {
    const inner = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(`${revision} of ${env["K_SERVICE"]}`),
    });
    return { url: inner.url.href, close: () => inner.stop(true).then(() => void closed.push(revision)) };
  };
  cluster.images.set("registry/split@sha256:1", { run });
  await client.apply(SERVICES, service("split", "1"), GO);
  await path("split");
  const traffic = [
    { revisionName: "split-1", percent: 100 },
    { revisionName: "split-2", percent: 0, tag: "canary" },
  ];
  await client.apply(SERVICES, service("split", "2", { traffic }), GO);
  await path("split");
  const ingress = cluster.ingress();
  const call = async (host: string): Promise<string> => (await fetch(ingress.url, { headers: { host } })).text();
  expect(await call("split.shop.example.com")).toBe("split-1 of split");
  expect(await call("canary-split.shop.example.com")).toBe("hello from split-2");
  expect((await fetch(ingress.url, { headers: { host: "nobody.shop.example.com" } })).status).toBe(404);
  cluster.scaleToZero("shop", "split");
  await expect.poll(() => closed, { interval: 2 }).toEqual(["split-1"]);
  expect(await call("split.shop.example.com")).toBe("split-1 of split");
  expect(ingress.calls).toEqual(["split-1", "split-2", "split-1"]);
});
