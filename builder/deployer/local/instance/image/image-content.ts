import * as v from "valibot";
import { DeployError } from "../../../deploy-error.ts";
import { type Descriptor, type Digest, MEDIA_TYPES } from "../../../../oci.ts";
import type { Registry } from "../../../../registry.ts";
import { isDigest } from "../../../../registry/names.ts";
import type { ImageReference } from "../../instance.ts";

/** What an image consists of, and how it is started, for this machine's processor. */
export interface ImageContent {
  /** From the lowest up. */
  readonly layers: readonly Descriptor[];
  /** A program, as a path in the image or a name to look for in its `PATH`, and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where it is started. */
  readonly folder: string;
}

/** More than this is no configuration. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const INDEX_TYPES: readonly string[] = [MEDIA_TYPES.index, "application/vnd.docker.distribution.manifest.list.v2+json"];

const descriptorSchema = v.object({
  mediaType: v.string(),
  digest: v.custom<Digest>((value) => typeof value === "string" && isDigest(value), "is not a SHA-256 digest"),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

const platformSchema = v.exactOptional(v.object({ os: v.string(), architecture: v.string() }));
const indexSchema = v.object({
  manifests: v.array(v.object({ ...descriptorSchema.entries, platform: platformSchema })),
});
const manifestSchema = v.object({ config: descriptorSchema, layers: v.array(descriptorSchema) });

const words = v.optional(v.nullable(v.array(v.string())), []);
const configSchema = v.object({
  os: v.literal("linux"),
  config: v.object({
    Entrypoint: words,
    Cmd: words,
    Env: words,
    WorkingDir: v.optional(v.string(), "/"),
  }),
});

/** What of an image is to be read. */
export interface ReadImageOptions {
  readonly registry: Registry;
  /** As OCI names this machine's: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly signal: AbortSignal;
}

/** @throws DeployError `image_unavailable`, `invalid`; RegistryError. */
export async function readImage(image: ImageReference, options: ReadImageOptions): Promise<ImageContent> {
  const { registry, signal } = options;
  const { repository } = image;
  const manifest = parse(manifestSchema, await manifestText(image, options), image);
  if (manifest.config.size > MAX_CONFIG_BYTES) throw broken(image, "its configuration is too large");
  const blob = await registry.getBlob(repository, manifest.config.digest, { signal, size: manifest.config.size });
  const { config } = parse(configSchema, await new Response(blob).text(), image);
  const [program, ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (program === undefined) throw broken(image, "it does not say what is to be started");
  return {
    layers: manifest.layers,
    command: [program, ...args],
    env: Object.fromEntries((config.Env ?? []).map(nameAndValue)),
    folder: config.WorkingDir === "" ? "/" : config.WorkingDir,
  };
}

async function manifestText(image: ImageReference, { registry, architecture, signal }: ReadImageOptions) {
  const { repository, digest } = image;
  const top = await registry.getManifest(repository, digest, { signal });
  if (top === undefined) throw missing(image);
  if (!INDEX_TYPES.includes(top.mediaType)) return textOf(top.bytes);

  const { manifests } = parse(indexSchema, textOf(top.bytes), image);
  const ours = manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === architecture);
  if (ours === undefined) {
    const there = manifests.map(({ platform }) => platform?.architecture ?? "?").join(", ");
    throw broken(
      image,
      `it is for ${there || "no processor"}, and this machine's is ${architecture}; build it for that`,
    );
  }
  const stored = await registry.getManifest(repository, ours.digest, { signal });
  if (stored === undefined) throw missing(image);
  return textOf(stored.bytes);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
  image: ImageReference,
): v.InferOutput<Schema> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw broken(image, `at "${v.getDotPath(issue) ?? ""}": ${issue.message}`);
}

function nameAndValue(line: string): [string, string] {
  const [name = "", ...value] = line.split("=");
  return [name, value.join("=")];
}

function missing({ reference }: ImageReference): DeployError {
  return new DeployError("image_unavailable", `the image "${reference}" is not in the registry; build it again`);
}

function broken({ reference }: ImageReference, why: string): DeployError {
  return new DeployError("invalid", `the image "${reference}" cannot be run: ${why}`);
}
