import { describe, expect, test } from "vitest";
import { type CheckOptions, checkCluster } from "../../../../builder/deployer/knative/check.ts";
import type { Finding } from "../../../../builder/deployer/knative/check-namespace.ts";
import { NEEDED, USEFUL } from "../../../../builder/deployer/knative/rights.ts";
import { runFmesh, copyExample } from "../../../support/fmesh.ts";
import { type Kubernetes, useKubernetes } from "../../../support/kubernetes.ts";
import { clientOf } from "./knative-home.ts";

const kubernetes = useKubernetes();
const bare = useKubernetes({ hasKnative: false });

async function findings(
  server: Kubernetes,
  { token, ...more }: Partial<CheckOptions> & { readonly token?: string } = {},
): Promise<readonly Finding[]> {
  return Array.fromAsync(
    checkCluster({
      client: await clientOf(server, token),
      ...{ settings: {}, projects: ["shop"], answers: async () => true, signal: AbortSignal.timeout(10_000) },
      ...more,
    }),
  );
}

const of = (all: readonly Finding[], what: RegExp) => all.filter((finding) => what.test(finding.what));

describe("a look at a cluster", () => {
  test("that has everything finds nothing to mend", async () => {
    const { cluster } = kubernetes.server;
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: "fn-shop", labels } });
    cluster.seed({ apiVersion: "v1", kind: "Secret", metadata: { name: "regcred", namespace: "fn-shop" } });
    const all = await findings(kubernetes.server, { settings: { imagePullSecrets: ["regcred"] } });
    expect(all.filter(({ state }) => state !== "good")).toEqual([]);
    expect(of(all, /^cluster$/)[0]?.text).toMatch(/^Kubernetes v1\.\d+/);
    expect(of(all, /Knative/)[0]?.text).toContain("1.17.0");
  });

  test("without Knative says so", async () => {
    expect(of(await findings(bare.server), /Knative/)).toEqual([
      expect.objectContaining({ state: "bad", mend: expect.stringContaining("install Knative Serving") as string }),
    ]);
  });

  test("names every right that is missing, and what it is for", async () => {
    kubernetes.server.cluster.access.addToken("reader", {
      name: "reader",
      rules: [{ verbs: ["get", "list"], resources: ["services"], apiGroups: ["serving.knative.dev"] }],
    });
    const all = await findings(kubernetes.server, { token: "reader" });
    const missing = of(all, /in "fn-shop"/).filter(({ text }) => text.startsWith("not allowed"));
    expect(missing.map(({ state }) => state)).toEqual([...NEEDED.map(() => "bad"), ...USEFUL.map(() => "poor")]);
    expect(missing[0]).toMatchObject({
      what: `rights to services.serving.knative.dev in "fn-shop"`,
      text: "not allowed: watch, create, patch, delete; without them functions cannot be deployed",
    });
    expect(of(all, /^namespace/)).toEqual([expect.objectContaining({ state: "unknown" })]);
  });

  test("tells what of a namespace is not there", async () => {
    kubernetes.server.cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: "fn-open" } });
    const settings = { imagePullSecrets: ["absent"], joinMesh: { name: "nats", key: "url" }, serviceAccount: "fn" };
    const all = await findings(kubernetes.server, { projects: ["open", "new"], settings });
    expect(of(all, /"fn-open"$/).filter(({ state }) => state !== "good")).toMatchObject([
      {
        what: `namespace "fn-open"`,
        state: "poor",
        mend: expect.stringContaining("kubectl label namespace fn-open") as string,
      },
      { what: `service account "fn" in "fn-open"`, state: "bad" },
      { what: `secret "absent" in "fn-open"`, state: "bad" },
      { what: `secret "nats" in "fn-open"`, state: "bad" },
    ]);
    expect(of(all, /^namespace "fn-new"/)).toMatchObject([
      { state: "good", text: expect.stringContaining("made") as string },
    ]);
  });

  test("calls at the ingress", async () => {
    const settings = { ingress: "http://127.0.0.1:8081" };
    const asked: string[] = [];
    const answers = async (url: string): Promise<boolean> => asked.push(url) > 1;
    expect(of(await findings(kubernetes.server, { settings, answers }), /^routes/)).toMatchObject([{ state: "bad" }]);
    expect(of(await findings(kubernetes.server, { settings, answers }), /^routes/)).toMatchObject([{ state: "good" }]);
    expect(asked).toEqual([settings.ingress, settings.ingress]);
  });

  test("that does not know us ends with that", async () => {
    const all = await findings(kubernetes.server, { token: "expired" });
    expect(all).toMatchObject([{ what: "cluster", state: "bad" }]);
  });
});

test("`fmesh cluster check` prints it, and ends with 1 when something is in the way", async () => {
  await using example = await disposable();
  const kubeconfig = await bare.server.kubeconfig({ token: bare.server.token });
  await example.edit((text) => `${text}deployer: { knative: { kubeconfig: "${kubeconfig}" } }\n`);
  const { code, output } = await runFmesh(["cluster", "check", "--config", example.configFile]);
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^ok cluster: Kubernetes v1[^]*^x {2}Knative Serving: [^]*\n {3}mend: install/m),
  ]);
  const json = await runFmesh(["cluster", "check", "--config", example.configFile, "--json"]);
  expect(JSON.parse(json.output)).toContainEqual(expect.objectContaining({ what: "Knative Serving", state: "bad" }));
});

async function disposable() {
  const example = await copyExample();
  return Object.assign(example, { [Symbol.asyncDispose]: () => example.remove() });
}
