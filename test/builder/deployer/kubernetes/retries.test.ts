import { afterEach, expect, test } from "vitest";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { CONFIG_MAPS, configMap, failureOf, GO, namespace, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();
afterEach(() => kubernetes.server.cluster.faults.clear());

const X = { namespace: "shop", name: "x" };

function sent(pattern: RegExp): number {
  return kubernetes.server.requests.filter((line) => pattern.test(line)).length;
}

test("reading goes on over errors of the server and broken connections", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("shop"));
  server.cluster.seed(configMap("x"));
  const client = await openedClient(server);
  server.cluster.faults.answer({ on: /^GET/, status: 500 });
  server.cluster.faults.answer({ on: /^GET/, status: 503 });
  server.cluster.faults.answer({ on: /^GET/, status: "cut" });
  expect(await client.get(CONFIG_MAPS, X, GO)).toBeDefined();
  expect(sent(/^GET .*configmaps\/x/)).toBe(4);
});

test("an error of the server ends an apply: it may be its last word", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  server.cluster.faults.answer({ on: /^PATCH/, status: 500 });
  const { code, message } = await failureOf(client.apply(CONFIG_MAPS, configMap("y"), GO));
  expect(code).toBe("unreachable");
  expect(message).toContain("etcdserver: request timed out; try again later");
  expect(sent(/^PATCH .*configmaps\/y/)).toBe(1);
});

test("whoever is asked to come again does, also with an apply", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  server.cluster.faults.answer({ on: /^PATCH/, status: 429, retryAfter: 0 });
  server.cluster.faults.answer({ on: /^PATCH/, status: 503, retryAfter: 0 });
  await client.apply(CONFIG_MAPS, configMap("z"), GO);
  expect(sent(/^PATCH .*configmaps\/z/)).toBe(3);
});

test("an apply whose answer is lost is sent again: it does the same", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  server.cluster.faults.answer({ on: /^PATCH/, status: "cut", isDone: true });
  expect(await client.apply(CONFIG_MAPS, configMap("lost", { a: "1" }), GO)).toMatchObject({ data: { a: "1" } });
  expect(sent(/^PATCH .*configmaps\/lost/)).toBe(2);
});

test("a deletion whose answer is lost is done all the same", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  server.cluster.seed(configMap("doomed"));
  server.cluster.faults.answer({ on: /^DELETE/, status: "cut", isDone: true });
  await client.delete(CONFIG_MAPS, { namespace: "shop", name: "doomed" }, GO);
  expect(sent(/^DELETE .*configmaps\/doomed/)).toBe(2);
});

test("a cluster that is down is unreachable, and reachable when it is up again", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  await server.cluster.faults.down();
  const { code, message } = await failureOf(client.version(GO));
  expect(code).toBe("unreachable");
  expect(message).toContain("nobody listens there; start it, or correct its address");
  await server.cluster.faults.up();
  expect(await client.version(GO)).toBe("v1.32.2");
});

test("a server that is silent is given up after the time that an operation has", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server, { timeoutMs: 100 });
  server.cluster.faults.answer({ on: /version/, status: "hang" });
  expect(await failureOf(client.version(GO))).toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("did not get its version in 0.1 s") as string,
  });
});

test("whoever ends an operation ends it with their own reason", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  server.cluster.faults.answer({ on: /version/, status: "hang", times: 2 });
  const ended = new AbortController();
  const reason = new Error("enough");
  const asked = client.version({ signal: ended.signal });
  ended.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await expect(client.version({ signal: ended.signal })).rejects.toBe(reason);
});
