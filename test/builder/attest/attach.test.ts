import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cosignTags } from "../../../builder/attest/artifact.ts";
import { attach } from "../../../builder/attest/attach.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import { MEDIA_TYPES } from "../../../builder/oci.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { attachSuite } from "./attach-suite.ts";
import { makeSigner } from "./keys.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { REPOSITORY, provenance, publishImage, sbom } from "./samples.ts";

describe("in a folder", () => {
  let folder: string;
  let registry: LayoutRegistry;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fmesh-attach-"));
    registry = new LayoutRegistry({ folder });
  });
  afterAll(async () => {
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  attachSuite(() => registry);
});

describe("attaching", () => {
  test("writes nothing at all when everything is there", async () => {
    const registry = new MemoryRegistry();
    const image = await publishImage(registry);
    const signer = await makeSigner();
    await attach(registry, REPOSITORY, image, { sbom, provenance, signer });
    const { writes } = registry;
    await attach(registry, REPOSITORY, image, { sbom, provenance, signer });
    expect(registry.writes).toBe(writes);
  });

  test("loses nothing to somebody who writes the same tag in between", async () => {
    const registry = new MemoryRegistry();
    const image = await publishImage(registry);
    const [signer, rival] = [await makeSigner(), await makeSigner()];
    // The rival's signature is there when ours is about to be written, and ours would take its place.
    const scratch = new MemoryRegistry();
    await attach(scratch, REPOSITORY, image, { sbom, provenance, signer: rival });
    const { signatures } = cosignTags(image.digest);
    registry.beforeTag = (tag) => {
      if (tag !== signatures) return;
      registry.beforeTag = () => undefined;
      for (const [digest, bytes] of scratch.blobs) registry.blobs.set(digest, bytes);
      // Written last of all: after the manifest that is being put now.
      queueMicrotask(() => {
        const theirs = [...scratch.manifests.values()].find(
          ({ digest }) => digest === scratch.taggedAs.get(signatures),
        );
        if (theirs === undefined) throw new Error("the rival has no signature");
        registry.manifests.set(theirs.digest, theirs);
        registry.taggedAs.set(signatures, theirs.digest);
      });
    };
    await attach(registry, REPOSITORY, image, { sbom, provenance, signer }, { stores: ["tags"] });

    for (const { publicKey } of [signer, rival]) {
      expect(await verifyImage(registry, REPOSITORY, image.digest, { signedBy: [publicKey] })).toMatchObject({
        isAllowed: true,
      });
    }
  });

  test("does not write over a tag that holds something else", async () => {
    const registry = new MemoryRegistry();
    const image = await publishImage(registry);
    const { attestations: tag } = cosignTags(image.digest);
    await registry.putManifest(
      REPOSITORY,
      { bytes: new TextEncoder().encode("{}"), mediaType: MEDIA_TYPES.index },
      { tag },
    );
    const signer = await makeSigner();
    await expect(attach(registry, REPOSITORY, image, { sbom, provenance, signer })).rejects.toThrow(
      `the tag "${tag}" of "${REPOSITORY}" holds no manifest of cosign's; delete it, and try again`,
    );
  });
});
