import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { cosignTags } from "../../../builder/attest/artifact.ts";
import { attach } from "../../../builder/attest/attach.ts";
import { signEnvelope } from "../../../builder/attest/dsse.ts";
import type { Policy } from "../../../builder/attest/policy.ts";
import { encodeBundle } from "../../../builder/attest/sigstore-bundle.ts";
import type { Signer } from "../../../builder/attest/signer.ts";
import { simpleSigningPayload } from "../../../builder/attest/simple-signing.ts";
import { signClaim } from "../../../builder/attest/statement.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import { digestOf } from "../../../builder/digest.ts";
import type { Descriptor, Digest } from "../../../builder/oci.ts";
import { RegistryError } from "../../../builder/registry/registry-error.ts";
import { editLayers, jsonBytes, putReferrer, putSignature, rulesOf } from "./forging.ts";
import { makeSigner } from "./keys.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { REPOSITORY, provenance, publishImage, sbom } from "./samples.ts";

const ALL_RULES = ["signedBy", "requireSbom", "requireProvenance"];

let signer: Signer;
let policy: Policy;

beforeAll(async () => {
  signer = await makeSigner();
  policy = { signedBy: [signer.publicKey], requireSbom: true, requireProvenance: true };
});

async function published(): Promise<{ readonly registry: MemoryRegistry; readonly image: Descriptor }> {
  const registry = new MemoryRegistry();
  return { registry, image: await publishImage(registry) };
}

describe("an image is refused", () => {
  test("when the registry gives another one under its digest", async () => {
    const { registry, image } = await published();
    await attach(registry, REPOSITORY, image, { sbom, provenance, signer });
    const other = await publishImage(registry, "another handler");
    const stored = registry.manifests.get(other.digest);
    if (stored === undefined) throw new Error("the other image is not there");
    registry.manifests.set(image.digest, { ...stored, digest: image.digest });
    const { refusals } = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(refusals).toEqual([{ rule: "image", reason: `what is stored as "${image.digest}" is something else` }]);
  });

  test("when what is signed calls itself something else than an image", async () => {
    const { registry, image } = await published();
    const text = new TextDecoder().decode(simpleSigningPayload({ name: "x", digest: image.digest }));
    const payload = new TextEncoder().encode(
      text.replace("cosign container image signature", "atomic container signature"),
    );
    await putSignature(registry, image, { payload, signer });
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(rulesOf(verdict)).toEqual(ALL_RULES);
    expect(verdict.notes).toEqual([expect.stringContaining("it is signed, but as something else than an image")]);
  });

  test("when what was signed as a signature is passed off as an attestation, and the other way round", async () => {
    const { registry, image } = await published();
    const payload = simpleSigningPayload({ name: "x", digest: image.digest });
    const envelope = await signEnvelope("application/vnd.in-toto+json", payload, signer);
    await putReferrer(registry, image, encodeBundle(envelope, signer.publicKey.fingerprint));
    const claim = { predicateType: "https://sigstore.dev/cosign/sign/v1", predicate: {} };
    const statement = await signClaim(claim, { name: "x", digest: image.digest }, signer);
    await putSignature(registry, image, { payload: Uint8Array.fromBase64(statement.payload), signer });
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(rulesOf(verdict)).toEqual(ALL_RULES);
    expect(verdict.notes).toEqual([
      expect.stringContaining("it is signed, but as something else than an image"),
      expect.stringContaining("it is no in-toto statement"),
    ]);
  });

  test("when a claim of another type is all that it has", async () => {
    const { registry, image } = await published();
    const claim = { predicateType: "https://example.com/lunch/v1", predicate: sbom };
    const envelope = await signClaim(claim, { name: "x", digest: image.digest }, signer);
    await putReferrer(registry, image, encodeBundle(envelope, signer.publicKey.fingerprint));
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(rulesOf(verdict)).toEqual(ALL_RULES);
    expect(verdict.predicateTypes).toEqual(["https://example.com/lunch/v1"]);
  });

  test("when bill and provenance are signed, but are none", async () => {
    const { registry, image } = await published();
    const nothing = { sbom: {}, provenance: {} } as unknown as { sbom: typeof sbom; provenance: typeof provenance };
    await attach(registry, REPOSITORY, image, { ...nothing, signer });
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(rulesOf(verdict)).toEqual(["requireSbom", "requireProvenance"]);
  });

  test("by a flood of attachments, without reading more than a hundred of them", async () => {
    const { registry, image } = await published();
    for (let count = 0; count < 120; count += 1) await putReferrer(registry, image, jsonBytes({ count }));
    const { isAllowed, notes } = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(isAllowed).toBe(false);
    expect(notes).toHaveLength(101);
    expect(notes[0]).toContain("are 120, more than the 100 that are looked at");
  });

  test("when what is attached says that it is endless", async () => {
    const { registry, image } = await published();
    await attach(registry, REPOSITORY, image, { sbom, provenance, signer }, { stores: ["referrers"] });
    editLayers(registry, (layer) => (layer.mediaType.includes("sigstore") ? { ...layer, size: 2 ** 40 } : layer));
    const { isAllowed, notes } = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(isAllowed).toBe(false);
    expect(notes).toEqual(Array(3).fill(expect.stringContaining("more than the 16777216 that are read")));
  });

  test("whatever bytes the tags hold, without a crash", async () => {
    const { registry, image } = await published();
    const tags: readonly string[] = Object.values(cosignTags(image.digest));
    const layer = fc.record({
      mediaType: fc.string(),
      digest: fc.constant(image.digest),
      size: fc.nat(),
      annotations: fc.jsonValue(),
    });
    const manifest = fc.oneof(
      fc.uint8Array(),
      fc.jsonValue().map(jsonBytes),
      fc.record({ schemaVersion: fc.constant(2), layers: fc.array(layer), config: layer }).map(jsonBytes),
    );
    await fc.assert(
      fc.asyncProperty(manifest, async (bytes) => {
        const stored = { bytes, mediaType: "application/vnd.oci.image.manifest.v1+json", digest: digestOf(bytes) };
        registry.getManifest = async (_repository, reference) =>
          tags.includes(reference) ? stored : registry.manifests.get(reference as Digest);
        expect(rulesOf(await verifyImage(registry, REPOSITORY, image.digest, policy))).toEqual(ALL_RULES);
      }),
    );
  });
});

test("a registry that cannot tell gives no verdict", async () => {
  const { registry, image } = await published();
  registry.referrers = () => Promise.reject(new RegistryError("unavailable", "the registry does not answer"));
  await expect(verifyImage(registry, REPOSITORY, image.digest, policy)).rejects.toMatchObject({ code: "unavailable" });
});
