import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EcrRegistry } from "../../../builder/registry/ecr.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { registryConformance } from "./conformance.ts";
import { type EcrAccount, startEcrAccount } from "./ecr/account.ts";
import { blobOf, bytesOf, imageOf, publish } from "./images.ts";

const HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const docker = useDockerRegistry();
let account: EcrAccount;
beforeAll(() => {
  account = startEcrAccount(docker.server.url);
});
afterAll(() => account.close());

function open(options: { prefix?: string; key?: EcrAccount["key"] } = {}): EcrRegistry {
  const { prefix = "functions", key: credentials = account.key } = options;
  const retry = { attempts: 3, pauseMs: 5 };
  return new EcrRegistry({
    host: HOST,
    origin: account.origin,
    prefix,
    api: { endpoint: account.endpoint, credentials },
    retry,
  });
}

describe("ECR that mounts blobs does what every registry does", () => {
  beforeAll(() => {
    account.traits.mounts = true;
  });
  afterAll(() => {
    account.traits.mounts = false;
  });
  registryConformance({ registry: open });
});

test("a repository is made with the first thing that is put there, with tags that do not change and with scans", async () => {
  const registry = open();
  const before = account.calls.length;
  await Promise.all([registry.putBlob("shop/first", blobOf("a")), registry.putBlob("shop/first", blobOf("b"))]);
  await publish(registry, "shop/first", imageOf("first"), { tag: "v1" });
  expect(account.calls.slice(before)).toEqual([
    "DescribeRepositories functions/shop/first",
    "CreateRepository functions/shop/first",
    "GetAuthorizationToken",
  ]);
  expect(account.settings("functions/shop/first")).toMatchObject({
    imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "sha256-*" }],
    imageScanningConfiguration: { scanOnPush: true },
  });
});

test("that another makes the repository at the same time is no error", async () => {
  account.fail("CreateRepository", "RepositoryAlreadyExistsException");
  await expect(open().putBlob("shop/raced", blobOf("a"))).rejects.toMatchObject({ code: "not_found" });
  // Now it is really there.
  expect(await open().putBlob("shop/raced", blobOf("a"))).toMatchObject({ by: "upload" });
});

test("a tag that is there is no error with the same image, and a clear one with another", async () => {
  const registry = open();
  const [first, second] = [imageOf("one"), imageOf("two")];
  await publish(registry, "shop/immutable", first, { tag: "v1" });
  expect(await publish(registry, "shop/immutable", first, { tag: "v1" })).toMatchObject(first.descriptor);
  await expect(publish(registry, "shop/immutable", second, { tag: "v1" })).rejects.toMatchObject({
    code: "refused",
    message: `tag "v1" of "functions/shop/immutable" names "${first.descriptor.digest}" already, and tags do not change there; choose another tag`,
  });
  expect(await registry.getManifest("shop/immutable", "v1")).toMatchObject({ digest: first.descriptor.digest });
});

test("a blob that ECR does not mount is uploaded", async () => {
  const registry = open();
  const image = imageOf("base");
  await publish(registry, "shop/base", image, { tag: "v1" });
  const [layer] = image.blobs;
  if (layer === undefined) throw new Error("an image has a layer");
  const put = await registry.putBlob("shop/derived", layer, { from: "shop/base" });
  expect(put).toEqual({ by: "upload", sent: layer.size });
  expect(await bytesOf(await registry.getBlob("shop/derived", layer.digest))).toHaveLength(layer.size);
});

test("what ECR does not take because of its subject is found all the same", async () => {
  const registry = open();
  account.traits.refusesSubjects = true;
  try {
    const image = imageOf("subject");
    await publish(registry, "shop/subject", image, { tag: "v1" });
    const artifactType = "application/vnd.example.sbom";
    const sbom = imageOf("sbom", { subject: image.descriptor, artifactType });
    const stored = await publish(registry, "shop/subject", sbom);
    await publish(registry, "shop/subject", sbom);
    const found = await registry.referrers("shop/subject", image.descriptor.digest, { artifactType });
    expect(found).toMatchObject([{ digest: stored.digest, artifactType, annotations: { text: "sbom" } }]);
    const manifest = await registry.getManifest("shop/subject", stored.digest);
    expect(JSON.parse(new TextDecoder().decode(manifest?.bytes))).not.toHaveProperty("subject");
  } finally {
    account.traits.refusesSubjects = false;
  }
});

test("a token that is no longer good is replaced, in the middle of publishing too", async () => {
  const registry = open();
  await registry.putBlob("shop/tokens", blobOf("a"));
  account.forgetTokens();
  expect(await registry.putBlob("shop/tokens", blobOf("b"))).toMatchObject({ by: "upload" });
  account.forgetTokens();
  await publish(registry, "shop/tokens", imageOf("tokens"), { tag: "v1" });
});

test("a token is replaced before it is over", async () => {
  const registry = open();
  account.lifetimeMs = 0;
  try {
    await registry.putBlob("shop/short", blobOf("a"));
    const before = account.calls.length;
    await registry.hasBlob("shop/short", blobOf("a").digest);
    expect(account.calls.slice(before)).toEqual(["GetAuthorizationToken"]);
  } finally {
    account.lifetimeMs = 12 * 60 * 60 * 1000;
  }
  await registry.tags("shop/short");
  const before = account.calls.length;
  await registry.tags("shop/short");
  expect(account.calls.slice(before)).toEqual([]);
});

test("what AWS does not allow is told with the permission, and without the key", async () => {
  account.fail("CreateRepository", "AccessDeniedException");
  await expect(open().putBlob("shop/denied", blobOf("a"))).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringMatching(/"ecr:CreateRepository" .*; allow it to this user or role \(IAM\)$/),
  });
  const key = { ...account.key, secretAccessKey: "s3cret-and-wrong" };
  const error: unknown = await open({ key })
    .putBlob("shop/denied", blobOf("a"))
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "unauthenticated" });
  expect(Bun.inspect(error)).not.toContain("s3cret-and-wrong");
});

test("only a host of ECR is taken", () => {
  expect(() => new EcrRegistry({ host: "registry.example.com" })).toThrow(TypeError);
});
