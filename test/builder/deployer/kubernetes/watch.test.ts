import { afterEach, expect, test } from "vitest";
import type { Change } from "../../../../builder/deployer/knative/cluster.ts";
import type { KubernetesObject } from "../../../../builder/deployer/knative/objects.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { CONFIG_MAPS, configMap, namespace, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** Watches a namespace of its own; `next` gives what happened as a word, `put map-1`. */
async function watched(where: string, { labelSelector }: { labelSelector?: string } = {}) {
  const { server } = kubernetes;
  server.cluster.seed(namespace(where));
  const warnings: string[] = [];
  const client = await openedClient(server, { onWarning: (text) => warnings.push(text) });
  const ended = new AbortController();
  const scope = { namespace: where, labelSelector };
  const changes = client.watch(CONFIG_MAPS, scope, { signal: ended.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value } = (await changes.next()) as { value: Change<KubernetesObject> };
    if (value.type !== "synced") return `${value.type} ${value.object.metadata.name}`;
    return ["synced", ...value.objects.map(({ metadata }) => metadata.name)].join(" ");
  };
  const stop = async (): Promise<void> => {
    ended.abort(new Error("the test is over"));
    await changes.next().catch(() => undefined);
  };
  stops.push(stop);
  const { cluster } = server;
  return {
    server,
    cluster,
    next,
    warnings,
    put: (name: string, value: string) => void cluster.seed(configMap(name, { value }, where)),
  };
}

/** Waits until the server has somebody who watches a namespace, from the given number of requests on. */
async function watching(where: string, from = 0): Promise<number> {
  const { requests, cluster } = kubernetes.server;
  const count = (): number => requests.filter((line) => line.includes(`/${where}/`) && line.includes("watch=1")).length;
  await expect.poll(count, { interval: 2 }).toBeGreaterThan(from);
  await expect.poll(() => cluster.watches.count, { interval: 2 }).toBeGreaterThan(0);
  return count();
}

test("all that there are come first, and then what happens to them", async () => {
  const { next, put, cluster } = await watched("first");
  put("a", "1");
  expect(await next()).toBe("synced a");
  const changed = next();
  await watching("first");
  put("b", "1");
  expect(await changed).toBe("put b");
  put("a", "2");
  expect(await next()).toBe("put a");
  cluster.store.remove(...removal(cluster, "first", "b"));
  expect(await next()).toBe("gone b");
});

test("what matches the selector no longer is gone", async () => {
  const { next, cluster } = await watched("labelled", { labelSelector: "app=adder" });
  const map = configMap("a", {}, "labelled");
  cluster.seed({ ...map, metadata: { ...map.metadata, labels: { app: "adder" } } });
  expect(await next()).toBe("synced a");
  const gone = next();
  await watching("labelled");
  cluster.seed({ ...map, metadata: { ...map.metadata, labels: { app: "other" } } });
  expect(await gone).toBe("gone a");
});

test("after a broken connection nothing is missed and nothing comes twice", async () => {
  const { next, put, server, cluster } = await watched("broken");
  put("a", "1");
  expect(await next()).toBe("synced a");
  const changed = next();
  const watches = await watching("broken");
  put("a", "2");
  expect(await changed).toBe("put a");
  const later = next();
  cluster.faults.cut();
  put("b", "1");
  expect(await later).toBe("put b");
  await watching("broken", watches);
  expect(server.requests.filter((line) => line.includes("/broken/") && !line.includes("watch=1"))).toHaveLength(1);
});

test("while the cluster is down it is told so, and gone on with afterwards", async () => {
  const { next, put, cluster, warnings } = await watched("down");
  expect(await next()).toBe("synced");
  const changed = next();
  await watching("down");
  await cluster.faults.down();
  put("a", "1");
  await expect.poll(() => warnings.length, { interval: 2 }).toBeGreaterThan(0);
  expect(warnings.at(-1)).toMatch(/nobody listens there|broke/);
  await cluster.faults.up();
  expect(await changed).toBe("put a");
});

for (const refusesByEvent of [true, false]) {
  const how = refusesByEvent ? "by an event" : "by a status";
  test(`when the server has forgotten (410 ${how}), all that there are come anew`, async () => {
    const { next, put, cluster } = await watched(`forgotten-${String(refusesByEvent)}`);
    cluster.watches.refusesByEvent = refusesByEvent;
    put("a", "1");
    put("b", "1");
    expect(await next()).toBe("synced a b");
    const again = next();
    await watching(`forgotten-${String(refusesByEvent)}`);
    cluster.watches.end();
    cluster.store.remove(...removal(cluster, `forgotten-${String(refusesByEvent)}`, "a"));
    cluster.store.compact();
    expect(await again).toBe("synced b");
    put("c", "1");
    expect(await next()).toBe("put c");
  });
}

test("a bookmark spares whoever comes back the list", async () => {
  const { next, put, server, cluster } = await watched("bookmarked");
  expect(await next()).toBe("synced");
  const changed = next();
  const watches = await watching("bookmarked");
  // What happens elsewhere is forgotten soon; the bookmark says that it was seen.
  for (let number = 0; number < 3; number++)
    cluster.seed(configMap("elsewhere", { number: String(number) }, "default"));
  cluster.store.compact();
  cluster.watches.bookmark();
  cluster.watches.end();
  await watching("bookmarked", watches);
  put("a", "1");
  expect(await changed).toBe("put a");
  expect(server.requests.filter((line) => line.includes("/bookmarked/") && !line.includes("watch=1"))).toHaveLength(1);
});

test("what the server tells wrongly is told once, and what it tells next is taken", async () => {
  const { next, put, cluster, warnings } = await watched("garbled");
  expect(await next()).toBe("synced");
  const changed = next();
  await watching("garbled");
  const until = (words: string, event: object): Promise<void> =>
    expect
      .poll(
        () => {
          cluster.watches.write(event);
          return warnings.join();
        },
        { interval: 2 },
      )
      .toContain(words);
  await until("cannot be read", { type: "MODIFIED" });
  await until("etcd is not well", {
    type: "ERROR",
    object: { kind: "Status", code: 500, message: "etcd is not well" },
  });
  put("a", "1");
  expect(await changed).toBe("put a");
  expect(warnings).toEqual([
    expect.stringContaining("tells of something that cannot be read"),
    expect.stringContaining("etcd is not well; try again later"),
  ]);
});

test("it goes on when the time of a watch is up", async () => {
  const { next, put, cluster } = await watched("timed");
  expect(await next()).toBe("synced");
  const changed = next();
  const watches = await watching("timed");
  cluster.watches.end();
  await watching("timed", watches);
  put("a", "1");
  expect(await changed).toBe("put a");
});

test("it ends with the signal, by its reason, and closes the connection", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("ended"));
  const client = await openedClient(server);
  const ended = new AbortController();
  const changes = client.watch(CONFIG_MAPS, { namespace: "ended" }, { signal: ended.signal })[Symbol.asyncIterator]();
  await changes.next();
  const last = changes.next();
  await watching("ended");
  const reason = new Error("enough");
  ended.abort(reason);
  await expect(last).rejects.toBe(reason);
  await expect.poll(() => server.cluster.watches.count, { interval: 2 }).toBe(0);
});

test("whoever stops reading ends it as well", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("left"));
  const client = await openedClient(server);
  server.cluster.seed(configMap("a", {}, "left"));
  const seen: string[] = [];
  void watching("left").then(() => void server.cluster.seed(configMap("b", {}, "left")));
  for await (const change of client.watch(
    CONFIG_MAPS,
    { namespace: "left" },
    { signal: new AbortController().signal },
  )) {
    seen.push(change.type);
    if (change.type === "put") break;
  }
  expect(seen).toEqual(["synced", "put"]);
  await expect.poll(() => server.cluster.watches.count, { interval: 2 }).toBe(0);
});

function removal(
  cluster: (typeof kubernetes)["server"]["cluster"],
  where: string,
  name: string,
): Parameters<typeof cluster.store.remove> {
  const [entry] = cluster.store
    .all()
    .filter(({ object }) => object.metadata.name === name && object.kind === "ConfigMap");
  if (entry === undefined) throw new Error(`there is no "${name}"`);
  return [entry.resource, where, name];
}
