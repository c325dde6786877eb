import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { attach } from "../../../builder/attest/attach.ts";
import { STORES, type Store } from "../../../builder/attest/evidence.ts";
import type { Policy } from "../../../builder/attest/policy.ts";
import type { Signer } from "../../../builder/attest/signer.ts";
import { verifyImage } from "../../../builder/attest/verify-image.ts";
import type { Descriptor, Digest } from "../../../builder/oci.ts";
import { editLayers, layersOf, moveTo, replaceLayer, rulesOf } from "./forging.ts";
import { makeSigner } from "./keys.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { REPOSITORY, provenance, publishImage, sbom } from "./samples.ts";

/** In the order in which the stores hold it. */
const ATTACHED: Readonly<Record<Store, readonly string[]>> = {
  tags: ["signature", "bill of materials", "provenance"],
  referrers: ["bill of materials", "provenance", "signature"],
};
const ALL_RULES = ["signedBy", "requireSbom", "requireProvenance"];

let signer: Signer;
let policy: Policy;

beforeAll(async () => {
  signer = await makeSigner();
  policy = { signedBy: [signer.publicKey], requireSbom: true, requireProvenance: true };
});

/** A registry that holds one image with all that belongs to it, in one store. */
async function attested(store: Store): Promise<{ readonly registry: MemoryRegistry; readonly image: Descriptor }> {
  const registry = new MemoryRegistry();
  const image = await publishImage(registry);
  await attach(registry, REPOSITORY, image, { sbom, provenance, signer }, { stores: [store] });
  expect(await verifyImage(registry, REPOSITORY, image.digest, policy)).toMatchObject({ isAllowed: true });
  return { registry, image };
}

describe.each(STORES)("what is attached as %s", (store) => {
  test.each(ATTACHED[store].map((what, index) => ({ what, index })))(
    "is worth nothing with any byte of its $what changed",
    async ({ index }) => {
      const { registry, image } = await attested(store);
      let digest = layersOf(registry, image, store)[index]?.digest as Digest;
      const bytes = registry.blobs.get(digest) as Uint8Array;
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) ^ change;
          digest = replaceLayer(registry, digest, changed);
          const { isAllowed } = await verifyImage(registry, REPOSITORY, image.digest, policy);
          // The hint and other members of a bundle are no part of what is signed, and nothing is believed because of them.
          expect(!isAllowed || isSameEnvelope(bytes, changed)).toBe(true);
        }),
        { numRuns: 300 },
      );
      replaceLayer(registry, digest, bytes);
      expect(await verifyImage(registry, REPOSITORY, image.digest, policy)).toMatchObject({ isAllowed: true });
    },
  );

  test("is worth nothing with a blob of it cut off, or made longer", async () => {
    const { registry, image } = await attested(store);
    let digest = layersOf(registry, image, store)[0]?.digest as Digest;
    const bytes = registry.blobs.get(digest) as Uint8Array;
    for (const other of [bytes.slice(0, -1), new Uint8Array([...bytes, 0x20, 0x7d]), new Uint8Array()]) {
      digest = replaceLayer(registry, digest, other);
      expect(await verifyImage(registry, REPOSITORY, image.digest, policy)).toMatchObject({ isAllowed: false });
    }
  });

  test("is worth nothing on another image", async () => {
    const { registry, image } = await attested(store);
    const other = await publishImage(registry, "another handler");
    moveTo(registry, image, other);
    const verdict = await verifyImage(registry, REPOSITORY, other.digest, policy);
    expect(rulesOf(verdict)).toEqual(ALL_RULES);
    expect(verdict.notes).toEqual(Array(3).fill(expect.stringMatching(/: it is about another image$/)));
  });

  test("is worth nothing by another key", async () => {
    const { registry, image } = await attested(store);
    const stranger = { ...policy, signedBy: [(await makeSigner()).publicKey] };
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, stranger);
    expect(rulesOf(verdict)).toEqual(ALL_RULES);
    expect(verdict.notes).toEqual(
      Array(3).fill(expect.stringMatching(/: no trusted key signed it, or it was changed$/)),
    );
  });

  test("still counts for what is left when the registry has lost a blob of it", async () => {
    const { registry, image } = await attested(store);
    const [lost] = layersOf(registry, image, store) as [Descriptor];
    registry.blobs.delete(lost.digest);
    const verdict = await verifyImage(registry, REPOSITORY, image.digest, policy);
    expect(rulesOf(verdict)).toEqual([store === "tags" ? "signedBy" : "requireSbom"]);
    expect(verdict.notes).toEqual([expect.stringContaining(`there is no blob "${lost.digest}"`)]);
    // What is missing is told with the rule that misses it, too.
    expect(verdict.refusals[0]?.reason).toContain(lost.digest);
  });
});

test("a signature in the annotation of its layer is worth nothing with any character changed", async () => {
  const { registry, image } = await attested("tags");
  const [layer] = layersOf(registry, image, "tags") as [Descriptor];
  const name = "dev.cosignproject.cosign/signature";
  const signature = layer.annotations?.[name] ?? "";
  const withSignature = (text: string) =>
    editLayers(registry, (other) =>
      other.digest === layer.digest ? { ...other, annotations: { [name]: text } } : other,
    );
  await fc.assert(
    fc.asyncProperty(fc.nat(signature.length - 1), fc.string({ minLength: 1, maxLength: 1 }), async (at, character) => {
      const changed = signature.slice(0, at) + character + signature.slice(at + 1);
      fc.pre(changed !== signature);
      withSignature(changed);
      expect(rulesOf(await verifyImage(registry, REPOSITORY, image.digest, policy))).toEqual(["signedBy"]);
    }),
  );
  withSignature(signature);
  expect(await verifyImage(registry, REPOSITORY, image.digest, policy)).toMatchObject({ isAllowed: true });
});

/** Whether two bundles hold the same, with the same signature. */
function isSameEnvelope(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [one, other].map((bytes) => {
    try {
      return JSON.stringify((JSON.parse(new TextDecoder().decode(bytes)) as { dsseEnvelope?: object }).dsseEnvelope);
    } catch {
      return undefined;
    }
  });
  return first !== undefined && first === second;
}
