import { expect, test } from "vitest";
import { attach } from "../../../builder/attest/attach.ts";
import { cosignTags } from "../../../builder/attest/artifact.ts";
import { STORES, type Store } from "../../../builder/attest/evidence.ts";
import { PREDICATE_TYPES } from "../../../builder/attest/statement.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import type { Digest, Manifest } from "../../../builder/oci.ts";
import type { Registry } from "../../../builder/registry.ts";
import { indexOf } from "../registry/images.ts";
import { makeSigner } from "./keys.ts";
import { BUILDER_ID, provenance, publishImage, sbom } from "./samples.ts";

/** What holds for attaching and verifying, whatever the registry is. */
export function attachSuite(registry: () => Registry): void {
  let count = 0;
  const freshRepository = () => `shop/attach-${Date.now().toString(36)}-${(count += 1)}`;

  test("what was attached is found, and the image is allowed", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signer = await makeSigner();
    expect(await attach(registry(), repository, image, { sbom, provenance, signer })).toEqual({ added: 6 });

    const policy = {
      signedBy: [signer.publicKey],
      requireSbom: true,
      requireProvenance: true,
      builderIds: [BUILDER_ID],
    };
    expect(await verifyImage(registry(), repository, image.digest, policy)).toEqual({
      reference: registry().reference(repository, image.digest),
      isAllowed: true,
      refusals: [],
      signedBy: [signer.publicKey.fingerprint],
      predicateTypes: expect.arrayContaining(Object.values(PREDICATE_TYPES)),
      builderIds: [BUILDER_ID],
      notes: [],
    });
  });

  test.each(STORES)("what was attached as %s alone is enough", async (store) => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signer = await makeSigner();
    expect(await attach(registry(), repository, image, { sbom, provenance, signer }, { stores: [store] })).toEqual({
      added: 3,
    });

    const policy = { signedBy: [signer.publicKey], requireSbom: true, requireProvenance: true };
    const verdict = await verifyImage(registry(), repository, image.digest, policy);
    expect(verdict).toMatchObject({ isAllowed: true, notes: [] });
  });

  test("an image for several architectures is signed as a whole", async () => {
    const repository = freshRepository();
    const index = indexOf([await publishImage(registry(), "a handler", repository)]);
    const image = await registry().putManifest(repository, index.manifest);
    const signer = await makeSigner();
    await attach(registry(), repository, image, { sbom, provenance, signer });

    const policy = { signedBy: [signer.publicKey], requireSbom: true, requireProvenance: true };
    const verdict = await verifyImage(registry(), repository, image.digest, policy);
    expect(verdict).toMatchObject({ isAllowed: true, notes: [] });
  });

  test("attaching again changes nothing, and leaves one of each", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signer = await makeSigner();
    await attach(registry(), repository, image, { sbom, provenance, signer });
    const before = await attachedTo(registry(), repository, image.digest);
    const other = {
      ...provenance,
      runDetails: { ...provenance.runDetails, metadata: { invocationId: "another run" } },
    };

    expect(await attach(registry(), repository, image, { sbom, provenance: other, signer })).toEqual({ added: 0 });
    const after = await attachedTo(registry(), repository, image.digest);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ tags: [1, 2], referrers: 3 });
  });

  test("what one store lacks is added to it, with the envelopes of the other one", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signer = await makeSigner();
    const one: Store = "tags";
    await attach(registry(), repository, image, { sbom, provenance, signer }, { stores: [one] });

    expect(await attach(registry(), repository, image, { sbom, provenance, signer })).toEqual({ added: 3 });
    const verdict = await verifyImage(registry(), repository, image.digest, { signedBy: [signer.publicKey] });
    expect(verdict.builderIds).toEqual([BUILDER_ID]);
  });

  test("several signers leave one of each, and each is believed on its own", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signers = [await makeSigner(), await makeSigner()] as const;
    for (const signer of signers) await attach(registry(), repository, image, { sbom, provenance, signer });

    expect(await attachedTo(registry(), repository, image.digest)).toMatchObject({ tags: [2, 4], referrers: 6 });
    for (const signer of signers) {
      const verdict = await verifyImage(registry(), repository, image.digest, { signedBy: [signer.publicKey] });
      expect(verdict).toMatchObject({ isAllowed: true, signedBy: [signer.publicKey.fingerprint] });
    }
  });

  test("two that attach at the same time leave what both attached", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signers = [await makeSigner(), await makeSigner()];
    await Promise.all(signers.map((signer) => attach(registry(), repository, image, { sbom, provenance, signer })));

    for (const { publicKey } of signers) {
      const policy = { signedBy: [publicKey], requireSbom: true, requireProvenance: true };
      expect(await verifyImage(registry(), repository, image.digest, policy)).toMatchObject({ isAllowed: true });
    }
  });

  test("an image without anything attached is refused by every rule that asks for it", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const { publicKey } = await makeSigner();
    const policy = { signedBy: [publicKey], requireSbom: true, requireProvenance: true };
    const { isAllowed, refusals } = await verifyImage(registry(), repository, image.digest, policy);
    expect(isAllowed).toBe(false);
    expect(refusals.map(({ rule }) => rule)).toEqual(["signedBy", "requireSbom", "requireProvenance"]);
  });

  test("an image that is not there is refused", async () => {
    const missing: Digest = `sha256:${"0".repeat(64)}`;
    const { refusals } = await verifyImage(registry(), freshRepository(), missing, {});
    expect(refusals).toMatchObject([{ rule: "image", reason: expect.stringContaining(missing) }]);
  });

  test("ends by its signal", async () => {
    const repository = freshRepository();
    const image = await publishImage(registry(), "a handler", repository);
    const signer = await makeSigner();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(attach(registry(), repository, image, { sbom, provenance, signer }, { signal })).rejects.toThrow(
      "enough",
    );
    await expect(verifyImage(registry(), repository, image.digest, {}, { signal })).rejects.toThrow("enough");
  });
}

async function attachedTo(registry: Registry, repository: string, digest: Digest): Promise<object> {
  const { signatures, attestations } = cosignTags(digest);
  const manifests = await Promise.all([signatures, attestations].map((tag) => registry.getManifest(repository, tag)));
  const layers = manifests.map((stored) => {
    return stored === undefined ? 0 : (JSON.parse(new TextDecoder().decode(stored.bytes)) as Manifest).layers.length;
  });
  return {
    tags: layers,
    digests: manifests.map((stored) => stored?.digest),
    referrers: (await registry.referrers(repository, digest)).length,
  };
}
