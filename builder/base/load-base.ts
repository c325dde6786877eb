import * as v from "valibot";
import type { Base, BaseImage } from "../build.ts";
import { type Architecture, ARCHITECTURES, type Descriptor, type Digest, MEDIA_TYPES } from "../oci.ts";
import type { Registry, StoredManifest } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { BaseError } from "./base-error.ts";
import { COMPONENT_LABEL } from "./built-base.ts";

/** Docker's own names for the same formats; an image that was mirrored may still have them. */
const DOCKER = {
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
  index: "application/vnd.docker.distribution.manifest.list.v2+json",
  layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const;

/** A configuration is a few kilobytes; what is far longer is something else. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

const digestSchema = v.custom<Digest>((value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value));
const descriptorSchema = v.object({
  mediaType: v.string(),
  digest: digestSchema,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const indexSchema = v.object({
  manifests: v.array(
    v.object({
      digest: digestSchema,
      platform: v.optional(v.object({ os: v.string(), architecture: v.string() })),
    }),
  ),
});
const manifestSchema = v.object({
  config: descriptorSchema,
  layers: v.pipe(v.array(descriptorSchema), v.minLength(1)),
});
const configSchema = v.object({
  architecture: v.picklist(ARCHITECTURES),
  os: v.literal("linux"),
  config: v.optional(
    v.object({ Env: v.nullish(v.array(v.string()), []), Labels: v.nullish(v.record(v.string(), v.string()), {}) }),
    {},
  ),
  rootfs: v.object({ diff_ids: v.array(digestSchema) }),
});

/**
 * Reads what functions' images need to know of a base: one that {@link publishBase} published, or any other image for Linux.
 * @param reference a tag or digest
 * @throws RegistryError `not_found`
 * @throws BaseError `not_a_base`
 */
export async function loadBase(
  registry: Registry,
  repository: string,
  reference: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Base> {
  const place: Place = { registry, repository, ...options };
  const top = await manifestAt(place, reference);
  const isIndex = top.mediaType === MEDIA_TYPES.index || top.mediaType === DOCKER.index;
  const manifests = isIndex ? await manifestsIn(place, top) : [top];
  const images = await Promise.all(manifests.map((manifest) => readImage(place, manifest)));
  if (images.length === 0) throw notABase(place, reference, "it has no image for Linux");
  return { repository, images: Object.fromEntries(images) };
}

interface Place {
  readonly registry: Registry;
  readonly repository: string;
  readonly signal?: AbortSignal;
}

async function manifestAt({ registry, repository, ...options }: Place, reference: string): Promise<StoredManifest> {
  const manifest = await registry.getManifest(repository, reference, options);
  if (manifest !== undefined) return manifest;
  const problem = `there is no base "${repository}" with the tag or digest "${reference}" in "${registry.name}"`;
  throw new RegistryError("not_found", `${problem}; publish one, or name another`);
}

/** Those for processors that are known; an index may also name attestations. */
async function manifestsIn(place: Place, index: StoredManifest): Promise<readonly StoredManifest[]> {
  const { manifests } = parse(place, index.digest, indexSchema, index.bytes);
  const wanted = manifests.filter(
    ({ platform }) => platform?.os === "linux" && ARCHITECTURES.some((name) => name === platform.architecture),
  );
  return Promise.all(wanted.map(({ digest }) => manifestAt(place, digest)));
}

async function readImage(place: Place, stored: StoredManifest): Promise<readonly [Architecture, BaseImage]> {
  if (stored.mediaType !== MEDIA_TYPES.manifest && stored.mediaType !== DOCKER.manifest) {
    throw notABase(place, stored.digest, `it is of the type "${stored.mediaType}"`);
  }
  const manifest = parse(place, stored.digest, manifestSchema, stored.bytes);
  const bytes = await readConfig(place, manifest.config);
  const { architecture, config, rootfs } = parse(place, stored.digest, configSchema, bytes);
  if (rootfs.diff_ids.length !== manifest.layers.length) {
    throw notABase(place, stored.digest, "its configuration tells of another number of layers than its manifest");
  }
  const components = Object.entries(config.Labels)
    .filter(([name]) => name.startsWith(COMPONENT_LABEL))
    .map(([name, version]) => ({ name: name.slice(COMPONENT_LABEL.length), version }));
  const image: BaseImage = {
    manifest: { mediaType: stored.mediaType, digest: stored.digest, size: stored.bytes.length },
    layers: manifest.layers.map((layer) => ({
      ...layer,
      mediaType: layer.mediaType === DOCKER.layer ? MEDIA_TYPES.layer : layer.mediaType,
    })),
    diffIds: rootfs.diff_ids,
    env: config.Env,
    components,
  };
  return [architecture, image];
}

async function readConfig(place: Place, { digest, size }: Descriptor): Promise<Uint8Array> {
  const { registry, repository, ...options } = place;
  if (size > MAX_CONFIG_BYTES) throw notABase(place, digest, `its configuration has ${size} bytes`);
  return new Response(await registry.getBlob(repository, digest, { ...options, size })).bytes();
}

function parse<Schema extends v.GenericSchema>(
  place: Place,
  reference: string,
  schema: Schema,
  bytes: Uint8Array,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(
    v.pipe(v.string(), v.parseJson(), schema),
    new TextDecoder().decode(bytes),
  );
  if (success) return output;
  const [{ message }] = issues;
  throw notABase(place, reference, `${message} (at "${v.getDotPath(issues[0]) ?? "the top"}")`);
}

function notABase({ repository }: Place, reference: string, why: string): BaseError {
  return new BaseError(
    "not_a_base",
    `"${repository}" has something else than a base image under "${reference}": ${why}; name an image for Linux`,
  );
}
