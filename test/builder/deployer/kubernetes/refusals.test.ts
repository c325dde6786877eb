import { expect, test } from "vitest";
import { NAMESPACES, PODS, SERVICES } from "../../../../builder/deployer/knative/cluster.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { CONFIG_MAPS, configMap, failureOf, GO, namespace, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

function service(name: string, more: Record<string, unknown> = {}) {
  const containers = [{ name: "fn", image: "registry/fn@sha256:1" }];
  return { metadata: { name, namespace: "shop" }, spec: { template: { spec: { containers } } }, ...more };
}

test("a field that no schema knows is invalid, and is not sent again", async () => {
  const { server } = kubernetes;
  server.cluster.seed(namespace("shop"));
  const client = await openedClient(server);
  const { code, message } = await failureOf(client.apply(SERVICES, service("odd", { colour: "blue" }), GO));
  expect(code).toBe("invalid");
  expect(message).toContain(".colour: field not declared in schema");
  expect(server.requests.filter((line) => line.includes("/services/odd"))).toHaveLength(1);
});

test("what the webhook refuses is invalid, in its own words", async () => {
  const client = await openedClient(kubernetes.server);
  const manifest = service("adder");
  const traffic = [{ percent: 90, latestRevision: true }];
  const refused = client.apply(SERVICES, { ...manifest, spec: { ...manifest.spec, traffic } }, GO);
  expect(await failureOf(refused)).toMatchObject({
    code: "invalid",
    message: expect.stringContaining("Traffic targets sum to 90, want 100") as string,
  });
});

test("a token that is not known, or no longer, is unauthorized, and says whose it is", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server, { user: { token: "stale-token" } });
  const { code, message } = await failureOf(client.version(GO));
  expect(code).toBe("unauthorized");
  expect(message).toMatch(/does not know us, or no longer; log in again, or correct the user of context "test" of "/);
  expect(message).not.toContain("stale-token");
});

test("what is not allowed is forbidden: who, what and where", async () => {
  const { server } = kubernetes;
  server.cluster.access.addToken("nobody", { name: "system:serviceaccount:ci:deployer", rules: [] });
  const client = await openedClient(server, { user: { token: "nobody" } });
  const { code, message } = await failureOf(client.apply(SERVICES, service("adder"), GO));
  expect(code).toBe("forbidden");
  expect(message).toContain('does not let us patch services.serving.knative.dev "adder" in namespace "shop"');
  expect(message).toContain('User "system:serviceaccount:ci:deployer" cannot patch resource "services"');
  expect((await failureOf(client.list(PODS, { namespace: "shop" }, GO))).code).toBe("forbidden");
  const one = await failureOf(client.get(NAMESPACES, { name: "shop" }, GO));
  expect(one.message).toContain("at the cluster scope");
});

test("a quota that is exhausted is said to be one", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  const quota =
    'configmaps "x" is forbidden: exceeded quota: small, requested: count/configmaps=1, used: 2, limited: 2';
  server.cluster.faults.answer({ on: /configmaps\/x/, status: 403, message: quota });
  expect(await failureOf(client.apply(CONFIG_MAPS, configMap("x"), GO))).toMatchObject({
    code: "quota",
    message: expect.stringContaining("exceeded quota: small") as string,
  });
});

test("what admission refuses is about what was asked for, not about rights", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server);
  const message = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged';
  server.cluster.faults.answer({ on: /configmaps\/x/, status: 403, message });
  expect(await failureOf(client.apply(CONFIG_MAPS, configMap("x"), GO))).toMatchObject({
    code: "invalid",
    message: expect.stringContaining('violates PodSecurity "restricted:latest"') as string,
  });
});

test("a namespace that is not there is named", async () => {
  const client = await openedClient(kubernetes.server);
  expect(await failureOf(client.apply(CONFIG_MAPS, configMap("x", {}, "nowhere"), GO))).toMatchObject({
    code: "not_found",
    message: expect.stringContaining('namespaces "nowhere" not found') as string,
  });
});

test("without Knative it is said that Knative is missing", async () => {
  const { server } = kubernetes;
  server.cluster.hasKnative = false;
  const client = await openedClient(server);
  for (const work of [
    () => client.get(SERVICES, { namespace: "shop", name: "adder" }, GO),
    () => client.apply(SERVICES, service("adder"), GO),
    () => client.list(SERVICES, { namespace: "shop" }, GO),
  ]) {
    expect(await failureOf(work())).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("install Knative Serving") as string,
    });
  }
  expect(await client.serves("serving.knative.dev/v1", GO)).toBe(false);
  server.cluster.hasKnative = true;
});

test("an address where something else answers is said to be wrong", async () => {
  const answers = [new Response("<h1>Welcome</h1>"), Response.redirect("/login")];
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => answers.shift() ?? Response.json({}) });
  const { server } = kubernetes;
  const client = await openedClient(server);
  const access = { ...client.access, server: new URL(other.url), proof: async () => ({ headers: {}, tls: {} }) };
  const lost = await openedClient(server, { access });
  for (const words of ["it is no API server", "sends elsewhere", "something that no API server says"]) {
    expect(await failureOf(lost.version(GO))).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining(words) as string,
    });
  }
});
