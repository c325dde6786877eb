import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as v from "valibot";
import { writeKeyPair } from "../../builder/attest/key-files.ts";
import { policySchema } from "../../builder/attest/policy.ts";
import { verifyImage } from "../../builder/attest/verify-image.ts";
import type { Digest } from "../../builder/oci.ts";
import { openRegistryOf } from "../../cli/builder/open-builder.ts";
import { silentLog } from "../../mesh/log.ts";
import { testConfig } from "../support/mesh.ts";
import { useDockerRegistry } from "../support/docker-registry.ts";
import { type BuildingMesh, startBuildingMesh } from "./building-mesh.ts";

const ADDER = "export default ({ a, b }: { a: number; b: number }) => ({ sum: a + b });\n";
const PASSPHRASE = "open sesame";

const docker = useDockerRegistry({ auth: "htpasswd", tls: true });
let folder: string;
let mesh: BuildingMesh;
let settings: Readonly<Record<string, unknown>>;

/** As an operator sets it up: a log-in, the authority's certificate, a key with a passphrase and a policy. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-registry-"));
  const { host, user, password, certificates } = docker.server;
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  const { privateKey, publicKey } = await writeKeyPair(join(folder, "cosign"), PASSPHRASE);
  const policy = { signedBy: [await readFile(publicKey, "utf8")], requireSbom: true, forbidLicenses: ["GPL-*"] };
  await writeFile(join(folder, "policy.yaml"), JSON.stringify(policy));
  settings = {
    registry: `https://${host}/functions`,
    ca: join(certificates?.caFolder ?? "", "ca.crt"),
    signingKey: privateKey,
    policy: join(folder, "policy.yaml"),
  };
  const env = { DOCKER_CONFIG: folder, FMESH_SIGNING_PASSPHRASE: PASSPHRASE };
  mesh = await startBuildingMesh({ builder: settings, env });
});
afterAll(async () => {
  await mesh.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a function goes to a registry with TLS and a log-in, signed by the configured key", async () => {
  const job = await mesh.build(await mesh.store("adder", ADDER));
  expect([job.state, job.error]).toEqual(["succeeded", undefined]);
  const { reference, repository = "", digest } = job.image ?? {};
  expect(reference).toBe(`${docker.server.host}/functions/shop/adder@${digest}`);

  const { builder: config } = testConfig({ projects: [], builder: settings });
  const place = { folder, env: { DOCKER_CONFIG: folder }, log: silentLog };
  await using stack = new AsyncDisposableStack();
  const registry = await openRegistryOf(config, place);
  stack.defer(() => registry.close());
  const key = await readFile(join(folder, "cosign.pub"), "utf8");
  const policy = v.parse(policySchema, { signedBy: [key], requireSbom: true, requireProvenance: true });
  expect(await verifyImage(registry, repository, digest as Digest, policy)).toMatchObject({ refusals: [] });
});

test("what the policy does not allow is no image", async () => {
  await writeFile(join(folder, "strict.yaml"), "registries: [registry.example.com]\n");
  const strict = await startBuildingMesh({
    builder: { ...settings, policy: join(folder, "strict.yaml") },
    env: { DOCKER_CONFIG: folder, FMESH_SIGNING_PASSPHRASE: PASSPHRASE },
  });
  try {
    const { state, error } = await strict.build(await strict.store("refused", ADDER));
    expect([state, error?.code]).toEqual(["failed", "policy_refused"]);
    expect(error?.message).toContain("registries: ");
  } finally {
    await strict.stop();
  }
});

test("without its log-in the job fails and says so, without any password", async () => {
  const stranger = await startBuildingMesh({
    builder: settings,
    env: { FMESH_SIGNING_PASSPHRASE: PASSPHRASE, DOCKER_CONFIG: "/nonexistent" },
  });
  try {
    const { state, error } = await stranger.build(await stranger.store("adder", ADDER));
    expect([state, error?.code]).toEqual(["failed", "registry_unauthenticated"]);
    expect(error?.message).not.toContain(docker.server.password);
  } finally {
    await stranger.stop();
  }
});

test("a key that does not open is told at the start, without the passphrase", async () => {
  const env = { DOCKER_CONFIG: folder, FMESH_SIGNING_PASSPHRASE: "not this one" };
  const problem = await startBuildingMesh({ builder: settings, env }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  expect(problem).toContain("cosign.key");
  expect(problem).not.toContain("not this one");
});
