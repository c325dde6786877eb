import { cosignTags } from "../../../builder/attest/artifact.ts";
import type { Store } from "../../../builder/attest/evidence.ts";
import type { Signer } from "../../../builder/attest/signer.ts";
import type { Verdict } from "../../../builder/attest/verdict.ts";
import { digestOf } from "../../../builder/digest.ts";
import type { Descriptor, Digest, Manifest } from "../../../builder/oci.ts";
import type { MemoryRegistry } from "./memory-registry.ts";
import { REPOSITORY } from "./samples.ts";

/** What somebody can do who writes to a registry as they like, and has none of the keys. */

export function rulesOf({ refusals }: Verdict): readonly string[] {
  return refusals.map(({ rule }) => rule);
}

/** The layers that are attached in a store. */
export function layersOf(registry: MemoryRegistry, image: Descriptor, store: Store): readonly Descriptor[] {
  const digests =
    store === "tags"
      ? Object.values(cosignTags(image.digest)).map((tag) => registry.taggedAs.get(tag))
      : [...registry.manifests.keys()].filter((digest) => digest !== image.digest);
  return digests.flatMap((digest) => (digest === undefined ? [] : manifestOf(registry, digest).layers));
}

/** Puts other bytes in a layer's place, so that all digests and sizes agree again; answers the new one. */
export function replaceLayer(registry: MemoryRegistry, before: Digest, bytes: Uint8Array): Digest {
  const digest = digestOf(bytes);
  registry.blobs.set(digest, bytes);
  editLayers(registry, (layer) => (layer.digest === before ? { ...layer, digest, size: bytes.length } : layer));
  return digest;
}

/** Changes layers in all manifests; they keep the digests under which they are asked for. */
export function editLayers(registry: MemoryRegistry, change: (layer: Descriptor) => Descriptor): void {
  for (const digest of registry.manifests.keys()) {
    edit(registry, digest, (manifest) => ({ ...manifest, layers: manifest.layers.map(change) }));
  }
}

/** Makes everything that is attached to an image look attached to another one. */
export function moveTo(registry: MemoryRegistry, image: Descriptor, other: Descriptor): void {
  const [from, to] = [image, other].map(({ digest }) => digest.slice("sha256:".length)) as [string, string];
  for (const [tag, digest] of registry.taggedAs) registry.taggedAs.set(tag.replace(from, to), digest);
  for (const digest of registry.manifests.keys()) {
    edit(registry, digest, (manifest) => (manifest.subject === undefined ? manifest : { ...manifest, subject: other }));
  }
}

/** Attaches a payload as cosign's tags hold signatures. */
export async function putSignature(
  registry: MemoryRegistry,
  image: Descriptor,
  signed: { readonly payload: Uint8Array; readonly signer: Signer },
): Promise<void> {
  const layer = await putBlob(registry, signed.payload, "application/vnd.dev.cosign.simplesigning.v1+json");
  const signature = (await signed.signer.sign(signed.payload)).toBase64();
  const layers = [{ ...layer, annotations: { "dev.cosignproject.cosign/signature": signature } }];
  await putManifest(registry, { layers }, cosignTags(image.digest).signatures);
}

/** Attaches bytes as a bundle that refers to the image. */
export async function putReferrer(registry: MemoryRegistry, image: Descriptor, bundle: Uint8Array): Promise<void> {
  const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
  await putManifest(registry, {
    artifactType,
    layers: [await putBlob(registry, bundle, artifactType)],
    subject: image,
  });
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

async function putBlob(registry: MemoryRegistry, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await registry.putBlob(REPOSITORY, { digest, size: bytes.length, open: () => bytes });
  return { mediaType, digest, size: bytes.length };
}

async function putManifest(registry: MemoryRegistry, members: Partial<Manifest>, tag?: string): Promise<void> {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = await putBlob(registry, jsonBytes({}), "application/vnd.oci.empty.v1+json");
  const bytes = jsonBytes({ schemaVersion: 2, mediaType, config, ...members });
  await registry.putManifest(REPOSITORY, { bytes, mediaType }, tag === undefined ? {} : { tag });
}

function edit(registry: MemoryRegistry, digest: Digest, change: (manifest: Manifest) => Manifest): void {
  const stored = registry.manifests.get(digest);
  if (stored === undefined) throw new Error(`there is no manifest "${digest}"`);
  const before = manifestOf(registry, digest);
  const after = change(before);
  // What did not change stays as it was written, byte for byte: it may be the image itself.
  if (JSON.stringify(before) !== JSON.stringify(after))
    registry.manifests.set(digest, { ...stored, bytes: jsonBytes(after) });
}

function manifestOf(registry: MemoryRegistry, digest: Digest): Manifest {
  return JSON.parse(new TextDecoder().decode(registry.manifests.get(digest)?.bytes)) as Manifest;
}
