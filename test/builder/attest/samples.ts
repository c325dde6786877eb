import type { BuildDefinition, BundledPackage } from "../../../builder/build.ts";
import { contentOf } from "../../../builder/attest/artifact.ts";
import { makeProvenance, type ProvenanceInput } from "../../../builder/attest/provenance.ts";
import { makeSbom, type SbomInput } from "../../../builder/attest/sbom.ts";
import { MEDIA_TYPES, type Descriptor, type Digest } from "../../../builder/oci.ts";
import type { Registry } from "../../../builder/registry.ts";

export const REPOSITORY = "shop/adder";
export const BUILDER_ID = "https://builder.example.com/main";
export const BASE_DIGEST: Digest = `sha256:${"b".repeat(64)}`;
export const INTEGRITY = `sha512-${new Uint8Array(64).fill(7).toBase64()}`;

export const definition: BuildDefinition = {
  project: "shop",
  label: "adder",
  version: 3,
  template: "typescript",
  runtime: "bun",
  handler: "export default ({ a, b }) => a + b;",
  dependencies: { "left-pad": "^1.3.0", "@acme/sums": "2.0.0" },
};

export const packages: readonly BundledPackage[] = [
  { name: "left-pad", version: "1.3.0", integrity: INTEGRITY, license: "WTFPL" },
  { name: "@acme/sums", version: "2.0.0", integrity: undefined, license: "(MIT OR GPL-3.0-only)" },
];

export const sbomInput: SbomInput = {
  definition,
  packages,
  base: {
    repository: "base/bun",
    images: {
      amd64: {
        manifest: { mediaType: MEDIA_TYPES.manifest, digest: BASE_DIGEST, size: 500 },
        layers: [],
        diffIds: [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`],
        env: [],
        components: [
          { name: "bun", version: "1.4.5" },
          { name: "glibc", version: "2.36" },
        ],
      },
    },
  },
  tool: { name: "functions-mesh", version: "0.1.0" },
};

export const provenanceInput: ProvenanceInput = {
  definition,
  packages,
  lock: "{}",
  bases: [{ reference: `registry.example.com/functions/base/bun@${BASE_DIGEST}`, digest: BASE_DIGEST }],
  builder: { id: BUILDER_ID, version: { "functions-mesh": "0.1.0", bun: "1.4.5" } },
  invocationId: "0190f3f0-0000-7000-8000-000000000000",
  finishedAt: new Date("2026-01-02T03:04:05.678Z"),
};

export const sbom = makeSbom(sbomInput);
export const provenance = makeProvenance(provenanceInput);

/** Publishes an image with one layer of this text. */
export async function publishImage(
  registry: Registry,
  text = "a handler",
  repository = REPOSITORY,
): Promise<Descriptor> {
  const encoder = new TextEncoder();
  const layer = contentOf(encoder.encode(text), MEDIA_TYPES.layer);
  const config = contentOf(encoder.encode(JSON.stringify({ architecture: "amd64", os: "linux" })), MEDIA_TYPES.config);
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: config.descriptor,
    layers: [layer.descriptor],
  };
  for (const { blob } of [layer, config]) await registry.putBlob(repository, blob);
  const bytes = encoder.encode(JSON.stringify(manifest));
  return registry.putManifest(repository, { bytes, mediaType: MEDIA_TYPES.manifest });
}
