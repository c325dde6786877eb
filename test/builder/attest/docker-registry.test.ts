import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cosignTags } from "../../../builder/attest/artifact.ts";
import { attach } from "../../../builder/attest/attach.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { skopeo } from "../../support/skopeo.ts";
import { imageOf, publish } from "../registry/images.ts";
import { attachSuite } from "./attach-suite.ts";
import { makeSigner } from "./keys.ts";
import { provenance, sbom } from "./samples.ts";

const docker = useDockerRegistry();
let registry: DistributionRegistry;
let folder: string;

beforeAll(async () => {
  registry = new DistributionRegistry({ origin: docker.server.url });
  folder = await mkdtemp(join(tmpdir(), "fmesh-attest-"));
});
afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

describe("in a registry without a referrers API", () => {
  attachSuite(() => registry);
});

/** The library behind skopeo, podman and CRI-O reads and writes cosign's signatures as well. */
describe("skopeo", () => {
  test("takes a signature along when it copies an image, and it still holds there", async () => {
    const signer = await makeSigner();
    const image = imageOf("copied");
    await publish(registry, "shop/original", image);
    await attach(registry, "shop/original", image.descriptor, { sbom, provenance, signer });
    await writeFile(join(folder, "default.yaml"), "default-docker:\n  use-sigstore-attachments: true\n");
    const source = `docker://${registry.reference("shop/original", image.descriptor.digest)}`;
    const flags = ["--registries.d", folder, "--src-tls-verify=false", "--dest-tls-verify=false"];
    await skopeo("copy", ...flags, source, `docker://${registry.name}/shop/copy:v1`);

    const verdict = await verifyImage(registry, "shop/copy", image.descriptor.digest, { signedBy: [signer.publicKey] });
    expect(verdict).toMatchObject({ isAllowed: true, notes: [] });
  });

  test("sees cosign's tags as images", async () => {
    const signer = await makeSigner();
    const image = imageOf("tags");
    await publish(registry, "shop/tags", image);
    await attach(registry, "shop/tags", image.descriptor, { sbom, provenance, signer });
    for (const tag of Object.values(cosignTags(image.descriptor.digest))) {
      const raw = await skopeo("inspect", "--tls-verify=false", "--raw", `docker://${registry.name}/shop/tags:${tag}`);
      expect(JSON.parse(raw)).toMatchObject({ schemaVersion: 2 });
    }
  });
});
