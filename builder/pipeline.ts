import { createHash } from "node:crypto";
import { attach } from "./attest/attach.ts";
import { attachLock } from "./attest/lock.ts";
import type { Policy } from "./attest/policy.ts";
import { PolicyError } from "./attest/policy-error.ts";
import { definitionDigest, makeProvenance } from "./attest/provenance.ts";
import { makeSbom } from "./attest/sbom.ts";
import type { Signer } from "./attest/signer.ts";
import { verifyImage } from "./attest/verify-image.ts";
import type { Base, BuildDefinition, BuildProgress, BuildStep, Bundle, PublishedImage } from "./build.ts";
import { assembleImage } from "./image/assemble.ts";
import { pushImage } from "./image/push.ts";
import { ARCHITECTURES, type Architecture, type Descriptor } from "./oci.ts";
import type { Registry } from "./registry.ts";
import { repositoryOf } from "./repository-name.ts";
import { stepsOf } from "./steps.ts";

/** How one build is watched and ended. */
export interface BuildCall {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BuildProgress) => void;
  /** Of this run, for the provenance: the job's id, or any. */
  readonly invocationId: string;
}

/** What builds are made with. */
export interface PipelineParts {
  readonly registry: Registry;
  /** Makes a definition ready to run. */
  readonly bundle: (definition: BuildDefinition, call: Pick<BuildCall, "signal" | "onProgress">) => Promise<Bundle>;
  /** The image that functions of a runtime stand on. */
  readonly baseOf: (runtime: BuildDefinition["runtime"], signal: AbortSignal) => Promise<Base>;
  /** Default: all that the base has. */
  readonly architectures?: readonly Architecture[] | undefined;
  /** Without one nothing but the lock file is attached to images. */
  readonly signer?: Signer | undefined;
  /** What every image has to hold by. Default: nothing is asked. */
  readonly policy?: Policy | undefined;
  /** A URI that stands for whoever runs this builder. */
  readonly builderId: string;
  /** Versions of what builds, `{ "functions-mesh": "1.0.0", bun: "1.4.5" }`: with others, images are made anew. */
  readonly versions: Readonly<Record<string, string>>;
  /** Names the code that builds: with another one, images are made anew. */
  readonly code?: string | undefined;
}

/**
 * From a definition to a published, signed image: each step takes what the one before it made. What was built before is found by
 * its tag, which is written last: whatever breaks off leaves nothing that could be taken for an image.
 */
export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /** @throws BuildError, ImageError, BaseError, PolicyError or RegistryError; rejects with the signal's reason when it aborts. */
  async build(definition: BuildDefinition, call: BuildCall): Promise<PublishedImage> {
    const { registry, signer } = this.#parts;
    const { signal, onProgress } = call;
    const repository = repositoryOf(definition);
    const step = stepsOf<BuildStep>(onProgress);
    const startedAt = new Date();

    const { base, tag, found } = await step("look", async () => {
      const base = await this.#parts.baseOf(definition.runtime, signal);
      const tag = this.#tagOf(definition, base);
      const found = await registry.getManifest(repository, tag, { signal });
      return { base, tag, found, note: found === undefined ? undefined : "it is there already" };
    });
    if (found !== undefined) {
      const { mediaType, digest, bytes } = found;
      const reference = registry.reference(repository, digest);
      const descriptor: Descriptor = { mediaType, digest, size: bytes.length };
      await this.#requireAllowed(repository, descriptor, signal);
      return { repository, descriptor, reference, sentBytes: 0, wasThere: true };
    }

    const bundle = await this.#parts.bundle(definition, { signal, onProgress });
    for (const log of bundle.warnings) onProgress({ step: "bundle", log });
    const image = await step("image", async () => {
      const image = this.#assemble(definition, bundle, base);
      return { ...image, note: `${image.layers.reduce((sum, layer) => sum + layer.descriptor.size, 0)} bytes` };
    });
    const published = await step("push", async () => {
      const pushed = await pushImage(registry, repository, image, { base, signal });
      return { ...pushed, note: `${pushed.sentBytes} bytes sent` };
    });
    if (bundle.lock !== undefined)
      await attachLock(registry, repository, published.descriptor, bundle.lock, { signal });
    if (signer !== undefined) {
      await step("attest", async () => {
        const added = await this.#attest({ definition, bundle, base, published, signer, startedAt, call });
        return { note: `${added} attached` };
      });
    }
    await this.#requireAllowed(repository, published.descriptor, signal);
    const [manifest] = image.platforms;
    const top = image.index ?? manifest?.manifest;
    if (top !== undefined) {
      const { mediaType } = top.descriptor;
      await registry.putManifest(repository, { bytes: top.bytes, mediaType }, { tag, signal });
    }
    const { descriptor, reference, sentBytes } = published;
    return { repository, descriptor, reference, sentBytes, wasThere: false };
  }

  /** Names all that the image depends on: `v3-0123456789abcdef`. */
  #tagOf(definition: BuildDefinition, base: Base): string {
    const { architectures, versions, code, signer } = this.#parts;
    const bases = ARCHITECTURES.map((name) => base.images[name]?.manifest.digest ?? "");
    const made = [code ?? "", definitionDigest(definition), bases, architectures ?? [], versions];
    const hash = createHash("sha256").update(JSON.stringify([...made, signer?.publicKey.fingerprint ?? ""]));
    return `v${definition.version}-${hash.digest("hex").slice(0, 16)}`;
  }

  async #requireAllowed(repository: string, { digest }: Descriptor, signal: AbortSignal): Promise<void> {
    const { registry, policy } = this.#parts;
    if (policy === undefined) return;
    const verdict = await verifyImage(registry, repository, digest, policy, { signal });
    if (!verdict.isAllowed) throw new PolicyError(verdict);
  }

  #assemble({ label, project, version }: BuildDefinition, bundle: Bundle, base: Base) {
    const { architectures } = this.#parts;
    return assembleImage({
      ...{ bundle, base, about: { title: label, version: String(version) } },
      ...(architectures !== undefined && { architectures }),
      labels: { "dev.functionsmesh.project": project, "dev.functionsmesh.function": label },
    });
  }

  async #attest({ definition, bundle, base, published, signer, startedAt, call }: Attested): Promise<number> {
    const { registry, builderId, versions } = this.#parts;
    const { packages, lock } = bundle;
    const sbom = makeSbom({
      ...{ definition, packages, base },
      tool: { name: "functions-mesh", version: versions["functions-mesh"] ?? "" },
    });
    const provenance = makeProvenance({
      ...{ definition, packages, ...(lock !== undefined && { lock }) },
      bases: Object.values(base.images).map(({ manifest: { digest } }) => ({
        ...{ digest, reference: registry.reference(base.repository, digest) },
      })),
      builder: { id: builderId, version: versions },
      ...{ invocationId: call.invocationId, startedAt, finishedAt: new Date() },
    });
    const what = { sbom, provenance, signer };
    const { signal } = call;
    return (await attach(registry, published.repository, published.descriptor, what, { signal })).added;
  }
}

interface Attested {
  readonly definition: BuildDefinition;
  readonly bundle: Bundle;
  readonly base: Base;
  readonly published: PublishedImage;
  readonly signer: Signer;
  readonly startedAt: Date;
  readonly call: BuildCall;
}

/** Does a step and tells of it; what it comes to may have a note about it. */
