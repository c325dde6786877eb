import { expect, test } from "vitest";
import { NAMESPACES, SERVICES } from "../../../../builder/deployer/knative/cluster.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { CONFIG_MAPS, configMap, failureOf, GO, namespace, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

test("what is not there is undefined, and what is there is read", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  expect(await client.get(CONFIG_MAPS, { namespace: "default", name: "absent" }, GO)).toBeUndefined();
  server.cluster.seed(configMap("present", { a: "1" }, "default"));
  expect(await client.get(CONFIG_MAPS, { namespace: "default", name: "present" }, GO)).toMatchObject({
    data: { a: "1" },
  });
});

test("a list is read page by page, and limited by its selector", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("pages"));
  for (let number = 0; number < 1_103; number++) {
    const map = configMap(`map-${number}`, {}, "pages");
    const labels = { parity: number % 2 === 0 ? "even" : "odd" };
    server.cluster.seed({ ...map, metadata: { ...map.metadata, labels } });
  }
  const client = await openedClient(server);
  const all = await client.list(CONFIG_MAPS, { namespace: "pages" }, GO);
  expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(1_103);
  expect(server.requests.filter((line) => /\/pages\/configmaps.*continue=/.test(line))).toHaveLength(2);
  const odd = await client.list(CONFIG_MAPS, { namespace: "pages", labelSelector: "parity=odd" }, GO);
  expect(odd).toHaveLength(551);
});

test("a list whose pages are forgotten in between is read from the beginning", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  const { lists } = server.cluster;
  const answer = lists.answer.bind(lists);
  let pages = 0;
  lists.answer = (...given) => {
    pages += 1;
    if (pages === 2) lists.expire();
    return answer(...given);
  };
  const all = await client.list(CONFIG_MAPS, { namespace: "pages" }, GO);
  lists.answer = answer;
  expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(1_103);
  expect(pages).toBeGreaterThan(4);
});

test("what is applied twice is the same, and what is left out later is taken away", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("shop"));
  const client = await openedClient(server);
  const first = await client.apply(CONFIG_MAPS, configMap("applied", { a: "1", b: "2" }), GO);
  const again = await client.apply(CONFIG_MAPS, configMap("applied", { a: "1", b: "2" }), GO);
  expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect(await client.apply(CONFIG_MAPS, configMap("applied", { a: "1" }), GO)).toMatchObject({ data: { a: "1" } });
  const read = await client.get(CONFIG_MAPS, { namespace: "shop", name: "applied" }, GO);
  expect(read).toMatchObject({ data: { a: "1" } });
  expect(read).not.toHaveProperty("data.b");
});

test("what another manages is a conflict that names them", async () => {
  const { server } = kubernetes;
  const [ours, theirs] = [await openedClient(server), await openedClient(server, { manager: "argocd" })];
  await theirs.apply(CONFIG_MAPS, configMap("contended", { a: "theirs", b: "theirs" }), GO);
  const { code, message } = await failureOf(
    ours.apply(CONFIG_MAPS, configMap("contended", { a: "ours", b: "ours" }), GO),
  );
  expect(code).toBe("conflict");
  expect(message).toContain('managed by "argocd" (.data.a), "argocd" (.data.b)');
  await ours.apply(CONFIG_MAPS, configMap("contended", { a: "theirs", c: "ours" }), GO);
  const both = await ours.get(CONFIG_MAPS, { namespace: "shop", name: "contended" }, GO);
  expect(both).toMatchObject({ data: { a: "theirs", b: "theirs", c: "ours" } });
});

test("deleting takes what belongs to it along, and is no failure when it is gone", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = server.cluster.store.listen(({ type, object }) => {
    if (type === "DELETED" && object.kind === "Namespace" && object.metadata.name === "created") resolve();
  });
  server.cluster.seed(namespace("created"));
  server.cluster.seed(configMap("inside", {}, "created"));
  await client.delete(NAMESPACES, { name: "created" }, GO);
  await promise;
  stop();
  expect(await client.get(CONFIG_MAPS, { namespace: "created", name: "inside" }, GO)).toBeUndefined();
  await client.delete(NAMESPACES, { name: "created" }, GO);
});

test("the server's version, what it serves, and our rights can be asked for", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  expect(await client.version(GO)).toBe("v1.32.2");
  expect(await client.serves("serving.knative.dev/v1", GO)).toBe(true);
  expect(await client.serves("gateway.example.com/v1", GO)).toBe(false);
  server.cluster.access.addToken("reader", {
    name: "reader",
    rules: [{ apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get"], namespaces: ["shop"] }],
  });
  const reader = await openedClient(server, { user: { token: "reader" } });
  const may = (verb: string, resource: string, where = "shop"): Promise<boolean> =>
    reader.may({ verb, group: "", resource, namespace: where }, GO);
  expect(await may("get", "pods")).toBe(true);
  expect(await may("get", "pods/log")).toBe(true);
  expect(await may("list", "pods")).toBe(false);
  expect(await may("get", "pods", "default")).toBe(false);
});

test("what the server advises is handed on", async () => {
  const { server } = kubernetes;
  const warnings: string[] = [];
  const client = await openedClient(server, { onWarning: (text) => warnings.push(text) });
  const spec = { template: { metadata: { name: "bare-1" }, spec: { containers: [{ image: "registry/bare:1" }] } } };
  const service = { metadata: { name: "bare", namespace: "shop" }, spec };
  await client.apply(SERVICES, service, GO);
  expect(warnings).toHaveLength(4);
  expect(warnings[0]).toMatch(/^spec\.template\.spec\.containers\[0\]\.securityContext\.\w+ is unset\. This may be/);
});
