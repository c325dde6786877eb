import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as v from "valibot";
import { readLock } from "../../builder/attest/lock.ts";
import { policySchema } from "../../builder/attest/policy.ts";
import { verifyImage } from "../../builder/attest/verify-image.ts";
import { localBase } from "../../builder/base/local-base.ts";
import type { Digest } from "../../builder/oci.ts";
import { LayoutRegistry } from "../../builder/registry/layout.ts";
import { BASE_REPOSITORY } from "../../builder/runtime/bun.ts";
import { openBuilderOf } from "../../cli/builder/open-builder.ts";
import { Caller } from "../../mesh/caller.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { Job } from "../../mesh/job.ts";
import { silentLog } from "../../mesh/log.ts";
import { PROJECT, testConfig } from "../support/mesh.ts";
import { FUNCTIONS, type BuildingMesh, type ShownVersion, WAIT, startBuildingMesh } from "./building-mesh.ts";
import { type HeldPackages, holdPackages } from "./held-packages.ts";
import { type NpmRegistry, startNpmRegistry } from "./bundle/npm-registry.ts";

const ADDER = "export default ({ a, b }: { a: number; b: number }) => ({ sum: a + b });\n";
const EVEN = { name: "is-even", version: "1.0.0", files: { "index.js": "module.exports = (n) => n % 2 === 0;" } };

let npm: NpmRegistry;
let held: HeldPackages;
let mesh: BuildingMesh;
beforeAll(async () => {
  npm = startNpmRegistry(EVEN);
  held = holdPackages(npm.url);
  mesh = await startBuildingMesh({ builder: { id: "https://builder.test", npm: { registry: held.url } } });
});
afterAll(async () => {
  await mesh.stop();
  await held.close();
  await npm[Symbol.asyncDispose]();
});

function images(): LayoutRegistry {
  return new LayoutRegistry({ folder: join(mesh.folder, ".fmesh/images") });
}

function digestIn(job: Job): Digest {
  expect(job).toMatchObject({ state: "succeeded" });
  return job.image?.digest as Digest;
}

test("a stored function becomes an image, by its digest; asked for again, it is there already", async () => {
  const id = await mesh.store("adder", ADDER);
  const response = await mesh.send("POST", `${FUNCTIONS}/build/${id}`, undefined, WAIT);
  const job = (await response.json()) as Job;
  expect([response.status, job.state, job.error]).toEqual([200, "succeeded", undefined]);
  const digest = digestIn(job);
  expect(job.steps.map(({ name }) => name)).toEqual(["look", "bundle", "image", "push", "attest"]);
  expect(job.image).toEqual({
    repository: "shop/adder",
    reference: `oci-layout:${mesh.folder}/.fmesh/images/shop/adder@${digest}`,
    digest,
  });
  expect(await images().getManifest("shop/adder", digest)).toMatchObject({ digest });

  const again = await mesh.build(id);
  expect(digestIn(again)).toBe(digest);
  expect(again.steps).toEqual([{ name: "look", durationMs: expect.any(Number), note: "it is there already" }]);
});

test("each version has its own image, and the function says that it is built", async () => {
  const id = await mesh.store("greeter", "export default () => 'hello';");
  await mesh.json("PUT", `${FUNCTIONS}/${id}`, { label: "greeter", handler: "export default () => 'good day';" });
  const first = await mesh.json<Job>("POST", `${FUNCTIONS}/build/${id}?version=1`, undefined, WAIT);
  expect([first.version, first.state]).toEqual([1, "succeeded"]);
  const shown = (version: number) => mesh.json<ShownVersion>("GET", `${FUNCTIONS}/${id}/versions/${version}`);
  expect((await shown(1)).image).toEqual(first.image);
  expect((await shown(2)).image).toBeUndefined();
  expect((await mesh.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`)).status).toBe("created");

  const second = await mesh.build(id);
  expect((await shown(2)).image).toEqual(second.image);
  expect(digestIn(second)).not.toBe(digestIn(first));
  expect((await mesh.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`)).status).toBe("built");
});

test("a handler that cannot be read fails the job, with line and column", async () => {
  const id = await mesh.store("broken", "export default () => {\n  const x = ;\n};\n");
  const { state, error, image } = await mesh.build(id);
  expect([state, image]).toEqual(["failed", undefined]);
  expect(error).toMatchObject({ code: "handler_invalid", issues: [{ path: ["handler.ts", 2, 13] }] });
  expect(error?.message).toContain("2 |   const x = ;");
  expect((await mesh.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`)).status).toBe("failed");
});

test("an image is signed, with bill of materials and provenance, by the key that was made", async () => {
  const digest = digestIn(await mesh.build(await mesh.store("signed", ADDER)));
  const key = await readFile(join(mesh.folder, ".fmesh/signing.pub"), "utf8");
  const rules = { signedBy: [key], requireSbom: true, requireProvenance: true, builderIds: ["https://builder.test"] };
  const verdict = await verifyImage(images(), "shop/signed", digest, v.parse(policySchema, rules));
  expect(verdict).toMatchObject({ isAllowed: true, refusals: [] });
});

test("a build can be repeated elsewhere with the lock file that is attached to its image", async () => {
  const handler = 'import isEven from "is-even";\nexport default (n: number) => isEven(n);\n';
  const dependencies = { "is-even": "^1.0.0" };
  const digest = digestIn(await mesh.build(await mesh.store("even", handler, { dependencies })));
  const lock = (await readLock(images(), "shop/even", digest)) ?? "";
  expect(lock).toContain("is-even@1.0.0");

  // What is newest has changed meanwhile.
  npm.publish({ ...EVEN, version: "1.1.0" });
  const { builder: config } = testConfig({ projects: [], builder: { npm: { registry: npm.url } } });
  const place = { folder: mesh.folder, env: {}, log: silentLog, registry: `oci-layout:${mesh.folder}/scratch` };
  const builder = await openBuilderOf(config, place);
  const call = { signal: new AbortController().signal, onProgress: () => undefined, invocationId: "again" };
  const even = { project: PROJECT, label: "even", version: 1, template: "typescript", runtime: "bun" } as const;
  const rebuilt = await builder.build({ ...even, handler, dependencies, lock }, call);
  expect(rebuilt.descriptor.digest).toBe(digest);
  await builder.close();
});

test("builds that begin together share one base", async () => {
  const before = (await images().tags(BASE_REPOSITORY)).length;
  const ids = await Promise.all(["p", "q", "r", "s"].map((label) => mesh.store(label, ADDER)));
  const jobs = await Promise.all(ids.map((id) => mesh.build(id)));
  expect(jobs.map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded", "succeeded"]);
  expect(await images().tags(BASE_REPOSITORY)).toHaveLength(Math.max(1, before));
});

test("a handler as large as the gateway takes it is built", async () => {
  const handler = `const text = ${JSON.stringify("x".repeat(990_000))};\nexport default () => text.length;\n`;
  expect(await mesh.build(await mesh.store("large", handler))).toMatchObject({ state: "succeeded" });
});

test("a registry that was emptied meanwhile gets its base again", async () => {
  const id = await mesh.store("emptied", ADDER);
  const digest = digestIn(await mesh.build(id));
  await rm(join(mesh.folder, ".fmesh/images"), { recursive: true });
  expect(digestIn(await mesh.build(id))).toBe(digest);
});

test("a job is told as it goes on", async () => {
  const id = await mesh.store("told", ADDER);
  const { id: job } = await mesh.json<Job>("POST", `${FUNCTIONS}/build/${id}`);
  const stream = await mesh.send("GET", `/api/v1/jobs/${job}`, undefined, { Accept: "text/event-stream" });
  const states = [...(await stream.text()).matchAll(/^data: (\{.*\})$/gm)].map(
    ([, text = ""]) => JSON.parse(text) as Job,
  );
  expect(states.at(-1)).toMatchObject({ id: job, state: "succeeded", image: { repository: "shop/told" } });
});

test("nobody gets at the builder through the gateway, whatever is open by default", async () => {
  const body = { project: PROJECT, label: "x", version: 1, handler: ADDER, dependencies: {} };
  expect((await mesh.send("POST", "/v1/call/shop/builder/build", body)).status).toBe(403);
  expect((await mesh.send("POST", "/v1/api/shop/functions/builder/build", { params: body })).status).toBe(403);
});

test("a builder builds for its own project alone", async () => {
  const caller = new Caller(await mesh.mesh.connect(), PROJECT);
  const other = { project: "bank", label: "x", version: 1, handler: ADDER };
  const refused = await caller.call("builder", "build", other, { timeoutMs: 5000 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: "invalid_request", message: expect.stringContaining('not for "bank"') });
});

test("cancelling a job ends its build", async () => {
  const id = await mesh.store("endless", ADDER, { dependencies: { "held-for-ever": "1.0.0" } });
  const { id: job } = await mesh.json<Job>("POST", `${FUNCTIONS}/build/${id}`);
  await held.asked;
  expect(await mesh.json<Job>("DELETE", `/api/v1/jobs/${job}`)).toMatchObject({ state: "cancelled" });
  await held.left;
});

test("a base of the registry's own is named by its tag", async () => {
  const registry = images();
  const options = { runtime: "bun", architecture: process.arch === "arm64" ? "arm64" : "amd64" } as const;
  await localBase(registry, {
    ...{ ...options, repository: "my/base", cacheFolder: join(mesh.folder, ".fmesh/builder/bases") },
    from: { program: process.execPath, version: Bun.version },
  });
  const [tag = ""] = await registry.tags("my/base");
  const { builder: config } = testConfig({ projects: [], builder: { bases: { bun: `my/base:${tag}` } } });
  const builder = await openBuilderOf(config, { folder: mesh.folder, env: {}, log: silentLog });
  expect(await builder.baseOf("bun", new AbortController().signal)).toMatchObject({ repository: "my/base" });
  await builder.close();
});
