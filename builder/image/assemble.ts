import { type Base, type BaseImage, BUNDLE_LAYERS, type Bundle, type BundleFile, type BundleLayer } from "../build.ts";
import {
  type Architecture,
  ARCHITECTURES,
  type Descriptor,
  type ImageIndex,
  type Manifest,
  MEDIA_TYPES,
} from "../oci.ts";
import { type AboutImage, annotationsOf, baseAnnotations, timeOfEpoch } from "./about.ts";
import { type Content, FUNCTION_FOLDER, imageConfig, jsonContent, NONROOT, sorted } from "./config.ts";
import { ImageError } from "./image-error.ts";
import { type Layer, makeLayer } from "./layer.ts";
import type { SmallTarEntry } from "./tar.ts";

/** What an image is made of. Nothing else gets into it: no time, no place, no machine. */
export interface AssembleOptions {
  readonly bundle: Bundle;
  readonly base: Base;
  /** With several, an index names them all. Default: those that the base has. */
  readonly architectures?: readonly Architecture[];
  readonly about: AboutImage;
  /** Besides those of {@link AboutImage}. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Variables that the image has from the start, over the base's. */
  readonly env?: Readonly<Record<string, string>>;
  /** `SOURCE_DATE_EPOCH`: the time of the files and of the image, in seconds. Default: 0. */
  readonly createdAt?: number;
  /** Who owns the function's files. Default: `root`, so that the function cannot change itself. */
  readonly owner?: "root" | "function";
}

/** An image that is not published yet, whole in memory but for its base. */
export interface Image {
  /** What is to be published: the only platform's manifest, or the index. */
  readonly descriptor: Descriptor;
  /** The function's own, the same on every architecture. */
  readonly layers: readonly Layer[];
  readonly platforms: readonly PlatformImage[];
  readonly index: Content | undefined;
}

export interface PlatformImage {
  readonly architecture: Architecture;
  readonly base: BaseImage;
  readonly config: Content;
  readonly manifest: Content;
}

const NOTES: Readonly<Record<BundleLayer, string>> = {
  entry: "functions-mesh: what starts the function",
  dependencies: "functions-mesh: packages",
  handler: "functions-mesh: the function",
};

/**
 * Makes the image of a bundle, without a daemon and without touching a disk. The same options give the same digest.
 * @throws ImageError `path_refused`, `architecture_missing`
 */
export function assembleImage(options: AssembleOptions): Image {
  const { bundle, base, about, createdAt = 0, owner = "root" } = options;
  const created = timeOfEpoch(createdAt);
  const id = owner === "root" ? 0 : NONROOT;
  const stamp = { uid: id, gid: id, mtime: createdAt };
  const layers = BUNDLE_LAYERS.flatMap((name) => {
    const files = bundle.files.filter(({ layer = "handler" }) => layer === name);
    return files.length === 0 ? [] : [makeLayer(files.map(entryOf), stamp, NOTES[name])];
  });
  const platforms = architecturesOf(options).map((architecture) =>
    platformImage({ options, architecture, image: imageOf(base, architecture), layers, created }),
  );
  const [first] = platforms;
  if (first === undefined) throw new TypeError('an image needs an architecture at least; name one, such as "amd64"');
  const index = platforms.length === 1 ? undefined : indexOf(platforms, annotationsOf(about, created));
  return { descriptor: (index ?? first.manifest).descriptor, layers, platforms, index };
}

/** Always in one order, whatever the options'. */
function architecturesOf({ architectures, base }: AssembleOptions): readonly Architecture[] {
  return ARCHITECTURES.filter((name) => (architectures ?? Object.keys(base.images)).includes(name));
}

function imageOf(base: Base, architecture: Architecture): BaseImage {
  const image = base.images[architecture];
  if (image !== undefined) return image;
  const there = Object.keys(base.images).join(", ") || "none";
  throw new ImageError(
    "architecture_missing",
    `the base "${base.repository}" has no image for ${architecture} (it has: ${there}); publish one, or build for these only`,
  );
}

function entryOf({ path, bytes, isExecutable = false }: BundleFile): SmallTarEntry {
  return { type: "file", path: `${FUNCTION_FOLDER}/${path}`, mode: isExecutable ? 0o755 : 0o644, content: bytes };
}

interface Parts {
  readonly options: AssembleOptions;
  readonly architecture: Architecture;
  readonly image: BaseImage;
  readonly layers: readonly Layer[];
  readonly created: string;
}

function platformImage({ options, architecture, image, layers, created }: Parts): PlatformImage {
  const { bundle, base, about, labels = {}, env = {} } = options;
  const annotations = annotationsOf(about, created);
  const fromBase = image.diffIds.map((diffId) => ({ diffId, note: `base ${image.manifest.digest}` }));
  const config = imageConfig({
    architecture,
    created,
    env: withVariables(image.env, env),
    command: bundle.command,
    labels: { ...annotations, ...labels },
    layers: [...fromBase, ...layers],
  });
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: config.descriptor,
    layers: [...image.layers, ...layers.map(({ descriptor }) => descriptor)],
    annotations: sorted({
      ...annotations,
      ...baseAnnotations({ name: base.repository, digest: image.manifest.digest }),
    }),
  };
  return { architecture, base: image, config, manifest: jsonContent(MEDIA_TYPES.manifest, manifest) };
}

/** A later value of a variable takes the place of an earlier one. */
function withVariables(lines: readonly string[], variables: Readonly<Record<string, string>>): readonly string[] {
  const kept = lines.filter((line) => !Object.hasOwn(variables, line.slice(0, line.indexOf("="))));
  return [...kept, ...Object.entries(sorted(variables)).map(([name, value]) => `${name}=${value}`)];
}

function indexOf(platforms: readonly PlatformImage[], annotations: Readonly<Record<string, string>>): Content {
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: platforms.map(({ architecture, manifest }) => ({
      ...manifest.descriptor,
      platform: { architecture, os: "linux" },
    })),
    annotations: sorted(annotations),
  };
  return jsonContent(MEDIA_TYPES.index, index);
}
