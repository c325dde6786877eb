import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { planFor } from "../../builder/deployer/knative/plan.ts";
import type { BuiltImage } from "../../mesh/job.ts";
import { useDockerRegistry } from "../support/docker-registry.ts";
import { type SomeObject, schemaProblems } from "../support/kubernetes-schema.ts";
import { useBuildingExample } from "./building-example.ts";

const registry = useDockerRegistry();
const example = useBuildingExample(
  () =>
    `builder: { registry: "${registry.server.url}" }\n` +
    "deployer: { enabled: false, knative: { imagePullSecrets: [regcred], progressDeadlineSeconds: 60 } }",
);

test("a plan is what a deployer applies, as Kubernetes knows it", { timeout: 60_000 }, async () => {
  await example.write({ "greet.ts": "export default () => 1;" });
  await example.fmesh("functions", "create", "greet", "greet.ts");
  const early = await example.fmesh("plan", "greet");
  expect(early).toEqual({ code: 1, output: expect.stringContaining("`fmesh functions build greet 1` builds one") });

  await example.fmesh("functions", "build", "greet");
  const { image } = await example.json<{ image: BuiltImage }>("functions", "versions", "greet", "1");
  const { code, output } = await example.fmesh("plan", "greet", "-o", "yaml");
  expect(code).toBe(0);
  const objects = parseAllDocuments(output).map((document) => document.toJS() as SomeObject);
  const scale = { min: 0, max: 10, concurrency: 20, idleSeconds: 60 };
  const planned = planFor(
    {
      ...{ project: "my-adder", label: "greet", version: 1, runtime: "bun", env: {}, secrets: {}, timeoutMs: 10_000 },
      ...{ image, scale, resources: { memory: "256Mi", cpu: "1" }, network: "none", traffic: { "1": 100 } },
    },
    { imagePullSecrets: ["regcred"], progressDeadlineSeconds: 60 },
  );
  expect(objects).toEqual(planned);
  for (const object of objects) expect(await schemaProblems(object)).toEqual([]);
  expect(await example.json("plan", "greet")).toEqual({ apiVersion: "v1", kind: "List", items: planned });

  const wrong = await example.fmesh("plan", "greet", "--traffic", "1=80");
  expect(wrong).toEqual({ code: 2, output: expect.stringContaining("1=80,2=20") });
});
