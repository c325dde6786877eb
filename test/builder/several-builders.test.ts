import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as v from "valibot";
import { policySchema } from "../../builder/attest/policy.ts";
import { verifyImage } from "../../builder/attest/verify-image.ts";
import type { Digest } from "../../builder/oci.ts";
import { LayoutRegistry } from "../../builder/registry/layout.ts";
import { askAll } from "../../gateway/mesh-view/ask-all.ts";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import type { Job } from "../../mesh/job.ts";
import { type RunningCommand, startFmesh } from "../support/fmesh.ts";
import { shopConfig } from "../support/mesh.ts";
import { FUNCTIONS, type BuildingMesh, WAIT, startBuildingMesh } from "./building-mesh.ts";
import { type NpmRegistry, startNpmRegistry } from "./bundle/npm-registry.ts";
import { type HeldPackages, holdPackages } from "./held-packages.ts";

const ADDER = "export default ({ a, b }: { a: number; b: number }) => ({ sum: a + b });\n";

let npm: NpmRegistry;
let held: HeldPackages;
let mesh: BuildingMesh;
const builders: RunningCommand[] = [];

beforeEach(async () => {
  npm = startNpmRegistry({ name: "held-back", version: "1.0.0", files: { "index.js": "export default 1;" } });
  held = holdPackages(npm.url);
  mesh = await startBuildingMesh({ withoutBuilder: true });
  const config = shopConfig({}, { builder: { enabled: false, npm: { registry: held.url } } });
  await writeFile(join(mesh.folder, "fmesh.yaml"), JSON.stringify(config));
});
afterEach(async () => {
  await Promise.all(builders.splice(0).map((builder) => builder.stop("SIGKILL")));
  await mesh.stop();
  await held.close();
  await npm[Symbol.asyncDispose]();
});

async function startBuilder(): Promise<RunningCommand> {
  const builder = startFmesh(["builder", mesh.folder], { env: { NATS_URL: mesh.mesh.natsUrl } });
  builders.push(builder);
  await builder.until(/service is up/);
  return builder;
}

test("a builder that is killed while it builds leaves its job to another", { timeout: 60_000 }, async () => {
  const first = await startBuilder();
  const id = await mesh.store("held", ADDER, { dependencies: { "held-back": "1.0.0" } });
  const { id: job } = await mesh.json<Job>("POST", `${FUNCTIONS}/build/${id}`);
  await held.asked;
  const second = await startBuilder();
  await first.stop("SIGKILL");
  held.release();
  const stream = await mesh.send("GET", `/api/v1/jobs/${job}`, undefined, { Accept: "text/event-stream", ...WAIT });
  expect(await stream.text()).toContain('"state":"succeeded"');
  expect(second.output()).not.toContain("failed");
});

test("what one builder has built, another finds in the registry", { timeout: 60_000 }, async () => {
  const first = await startBuilder();
  const id = await mesh.store("handed", ADDER);
  expect(await mesh.build(id)).toMatchObject({ state: "succeeded" });
  const second = await startBuilder();
  expect(await first.stop("SIGTERM")).toBe(0);
  expect(await mesh.build(id)).toMatchObject({ state: "succeeded", steps: [{ note: "it is there already" }] });
  expect(await second.stop("SIGTERM")).toBe(0);
});

test("two builders share the builds, and sign with one key", { timeout: 60_000 }, async () => {
  await Promise.all([startBuilder(), startBuilder()]);
  const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => mesh.store(`f${n}`, ADDER)));
  const jobs = await Promise.all(ids.map((id) => mesh.build(id)));
  expect(jobs.map(({ state }) => state)).toEqual(jobs.map(() => "succeeded"));

  const stats = await askAll(await mesh.mesh.connect(), "$SRV.STATS.builder", EMPTY_MESSAGE);
  const requests = stats.map(({ message }) => JSON.parse(new TextDecoder().decode(message.payload)) as Stats);
  expect(requests.map(({ endpoints: [build] }) => (build?.num_requests ?? 0) > 0)).toEqual([true, true]);
  const key = await readFile(join(mesh.folder, ".fmesh/signing.pub"), "utf8");
  const policy = v.parse(policySchema, { signedBy: [key], requireProvenance: true });
  const images = new LayoutRegistry({ folder: join(mesh.folder, ".fmesh/images") });
  for (const { image } of jobs) {
    const { repository = "", digest } = image ?? {};
    expect(await verifyImage(images, repository, digest as Digest, policy)).toMatchObject({ refusals: [] });
  }
});

interface Stats {
  readonly endpoints: readonly { readonly num_requests: number }[];
}
