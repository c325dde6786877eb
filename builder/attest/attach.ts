import { pause } from "../../mesh/pause.ts";
import { together } from "../image/together.ts";
import { MEDIA_TYPES, type Descriptor } from "../oci.ts";
import type { Blob, CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { addToTag, configOf } from "./attached-tag.ts";
import { attestationBatch, signatureBatch, type Batch, type Referrer } from "./batch.ts";
import { STORES, readEvidence, type Store } from "./evidence.ts";
import type { Provenance } from "./provenance.ts";
import type { Sbom } from "./sbom.ts";
import type { Signer } from "./signer.ts";
import { PREDICATE_TYPES } from "./statement.ts";

export interface AttachOptions extends CallOptions {
  /** How things are attached. Default: both ways, so that cosign finds them from version 2 on, whatever the registry. */
  readonly stores?: readonly Store[];
  /** RFC 3339, for the annotation `org.opencontainers.image.created` of what is attached. Default: none. */
  readonly createdAt?: string | undefined;
}

export interface Attached {
  /** How many things were missing and are attached now; 0 when all of it was there. */
  readonly added: number;
}

/**
 * Signs an image and attaches signature, bill of materials and provenance. What this key attached before stays as it is, so that
 * doing it again changes nothing; what others attached stays as well.
 *
 * The signature comes last: where it is, the rest is there, too.
 * @throws RegistryError
 */
export async function attach(
  registry: Registry,
  repository: string,
  image: Descriptor,
  what: { readonly sbom: Sbom; readonly provenance: Provenance; readonly signer: Signer },
  options: AttachOptions = {},
): Promise<Attached> {
  const { signal, stores = STORES, createdAt } = options;
  const { signer, sbom, provenance } = what;
  const evidence = await readEvidence({ registry, repository, digest: image.digest }, [signer.publicKey], options);
  const signing = { name: `${registry.name}/${repository}`, image, signer, evidence, stores, createdAt };
  const attestations = await attestationBatch(signing, [
    { predicateType: PREDICATE_TYPES.sbom, predicate: sbom },
    { predicateType: PREDICATE_TYPES.provenance, predicate: provenance },
  ]);
  const signature = await signatureBatch(signing);
  const place = { registry, repository, signal };

  await together(signal, blobsOf([attestations, signature]), async (blob, signal) => {
    await registry.putBlob(repository, blob, { signal });
  });
  await publish(place, attestations);
  await publish(place, signature, (tookMs) => settle(place, [attestations, signature], tookMs));
  const added = [attestations, signature].map(({ layers, referrers }) => layers.length + referrers.length);
  return { added: added.reduce((sum, count) => sum + count) };
}

interface Place {
  readonly registry: Registry;
  readonly repository: string;
  readonly signal: AbortSignal | undefined;
}

/** Each blob once. */
function blobsOf(batches: readonly Batch[]): readonly Blob[] {
  const contents = batches.flatMap(({ layers, referrers }) => [
    ...layers,
    // Right when nobody else has written the tag yet.
    ...(layers.length > 0 ? [configOf(layers.map(({ descriptor }) => descriptor))] : []),
    ...referrers.flatMap(({ blobs }) => blobs),
  ]);
  return [...new Map(contents.map(({ blob }) => [blob.digest, blob])).values()];
}

async function publish(place: Place, batch: Batch, afterTag?: (tookMs: number) => Promise<void>): Promise<void> {
  const { registry, repository, signal } = place;
  const putTag = async (signal: AbortSignal): Promise<void> => {
    const began = performance.now();
    await addToTag(registry, repository, batch, { signal });
    await afterTag?.(performance.now() - began);
  };
  const putReferrer = async ({ manifest }: Referrer, signal: AbortSignal): Promise<void> => {
    await registry.putManifest(repository, { bytes: manifest, mediaType: MEDIA_TYPES.manifest }, { signal });
  };
  const works = [putTag, ...batch.referrers.map((referrer) => (signal: AbortSignal) => putReferrer(referrer, signal))];
  await together(signal, works, (work, signal) => work(signal));
}

const MIN_SETTLE_MS = 20;
const MAX_ROUNDS = 10;

/**
 * Registries have no conditional writes: somebody who attaches at the same time may have read a tag before it was written here,
 * and written it afterwards. So it is looked again after as long as reading and writing takes, until nothing is missing.
 */
async function settle(
  { registry, repository, signal }: Place,
  batches: readonly Batch[],
  tookMs: number,
): Promise<void> {
  const written = batches.filter(({ layers }) => layers.length > 0);
  if (written.length === 0) return;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await pause(Math.max(MIN_SETTLE_MS, tookMs) * (1 + Math.random()), signal ?? new AbortController().signal);
    signal?.throwIfAborted();
    const options = signal === undefined ? {} : { signal };
    const again = await Promise.all(written.map((batch) => addToTag(registry, repository, batch, options)));
    if (!again.includes(true)) return;
  }
  throw new RegistryError(
    "unavailable",
    `others keep changing what is attached in "${repository}"; try again when they are done`,
  );
}
