import * as v from "valibot";
import type { BuildDefinition, BundledPackage } from "../build.ts";
import { digestOf } from "../digest.ts";
import type { Digest } from "../oci.ts";
import { hexOf } from "../registry/names.ts";
import { digestsOf } from "./integrity.ts";
import { npmPackageUrl } from "./package-url.ts";

/** How functions are built: what the parameters below mean is written in docs/builder.md. */
export const BUILD_TYPE = "https://functionsmesh.dev/build/function/v1";

/** Names the dependency that is the base image of one architecture. */
const BASE = "base";

export interface ProvenanceInput {
  readonly definition: BuildDefinition;
  readonly packages: readonly BundledPackage[];
  /** The lock file that the packages were taken by. */
  readonly lock?: string | undefined;
  /** The base image of each architecture, as it is pulled: `registry.example.com/base/bun@sha256:…`. */
  readonly bases: readonly { readonly reference: string; readonly digest: Digest }[];
  readonly builder: {
    /** A URI that stands for whoever runs the builder, and how well it is guarded. */
    readonly id: string;
    /** Versions of its parts, `{ "functions-mesh": "1.0.0", bun: "1.4.5" }`. */
    readonly version: Readonly<Record<string, string>>;
  };
  /** Of this run: the job's id. */
  readonly invocationId: string;
  /** From SOURCE_DATE_EPOCH or the clock. Default: no times; a policy with `maxAgeDays` refuses such an image. */
  readonly startedAt?: Date | undefined;
  readonly finishedAt?: Date | undefined;
}

/** How an image came to be (SLSA provenance v1). */
export type Provenance = ReturnType<typeof makeProvenance>;

/** Says what an image was built from, by whom, in which run. */
export function makeProvenance(input: ProvenanceInput) {
  const { definition, builder, invocationId } = input;
  const { project, label, version, template, runtime, dependencies } = definition;
  const encoder = new TextEncoder();
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      // The source itself is not in it: whoever may pull an image need not be allowed to read it.
      externalParameters: { project, function: label, version, template, runtime, dependencies },
      internalParameters: {},
      resolvedDependencies: [
        { name: "definition", digest: { sha256: hexOf(definitionDigest(definition)) } },
        { name: "handler", digest: { sha256: hexOf(digestOf(encoder.encode(definition.handler))) } },
        ...input.bases.map(({ reference, digest }) => ({
          name: BASE,
          uri: `oci://${reference}`,
          digest: { sha256: hexOf(digest) },
        })),
        ...input.packages.map(packageDescriptor),
      ],
    },
    runDetails: {
      builder: { id: builder.id, version: builder.version },
      metadata: {
        invocationId,
        ...(input.startedAt === undefined ? {} : { startedOn: timestamp(input.startedAt) }),
        ...(input.finishedAt === undefined ? {} : { finishedOn: timestamp(input.finishedAt) }),
      },
      byproducts:
        input.lock === undefined
          ? []
          : [{ name: "lock", digest: { sha256: hexOf(digestOf(encoder.encode(input.lock))) } }],
    },
  };
}

/** Names what is built: two definitions with the same content have the same digest, whatever the order of their members. */
export function definitionDigest(definition: BuildDefinition): Digest {
  return digestOf(new TextEncoder().encode(JSON.stringify(definition, sortMembers)));
}

function sortMembers(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function packageDescriptor({ name, version, integrity }: BundledPackage) {
  const digest = Object.fromEntries(digestsOf(integrity).map(({ algorithm, hex }) => [algorithm, hex]));
  return { uri: npmPackageUrl(name, version), ...(Object.keys(digest).length === 0 ? {} : { digest }) };
}

/** RFC 3339 in seconds. */
function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, "Z");
}

const sha256 = v.object({ sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))) });

const provenanceSchema = v.object({
  buildDefinition: v.object({
    resolvedDependencies: v.optional(
      v.array(v.object({ name: v.optional(v.string()), digest: v.optional(sha256) })),
      [],
    ),
  }),
  runDetails: v.object({
    builder: v.object({ id: v.string() }),
    metadata: v.optional(v.object({ finishedOn: v.optional(v.pipe(v.string(), v.isoTimestamp())) }), {}),
  }),
});

/** What policies ask of a provenance. */
export interface ReadProvenance {
  readonly builderId: string;
  readonly bases: readonly Digest[];
  readonly finishedAt: Date | undefined;
}

/** Reads a provenance of this builder or another one; `undefined` for what is none. */
export function readProvenance(predicate: unknown): ReadProvenance | undefined {
  const parsed = v.safeParse(provenanceSchema, predicate);
  if (!parsed.success) return undefined;
  const { buildDefinition, runDetails } = parsed.output;
  const bases = buildDefinition.resolvedDependencies
    .filter(({ name }) => name === BASE)
    .map(({ digest }): Digest | undefined => (digest?.sha256 === undefined ? undefined : `sha256:${digest.sha256}`));
  if (!bases.every((base) => base !== undefined)) return undefined;
  const { finishedOn } = runDetails.metadata;
  return {
    builderId: runDetails.builder.id,
    bases,
    finishedAt: finishedOn === undefined ? undefined : new Date(finishedOn),
  };
}
