import type { BaseComponent, BaseImage } from "../build.ts";
import { annotationsOf, timeOfEpoch } from "../image/about.ts";
import { type Content, imageConfig, jsonContent, sorted } from "../image/config.ts";
import { type Architecture, type Manifest, MEDIA_TYPES } from "../oci.ts";
import type { LayerFile } from "./layer-file.ts";
import type { Runtime } from "./runtime-files.ts";

/** A base that is not published yet: its layers are files of a cache. */
export interface BuiltBase {
  readonly runtime: Runtime;
  readonly version: string;
  readonly architecture: Architecture;
  /** Where the files of {@link layers} are. */
  readonly folder: string;
  readonly layers: readonly LayerFile[];
  readonly config: Content;
  readonly manifest: Content;
  /** As functions' images refer to it. */
  readonly image: BaseImage;
  /** Whether it was in the cache. */
  readonly wasThere: boolean;
}

export interface BaseParts {
  readonly runtime: Runtime;
  readonly version: string;
  readonly architecture: Architecture;
  readonly folder: string;
  readonly layers: readonly LayerFile[];
  readonly components: readonly BaseComponent[];
  readonly env: readonly string[];
  readonly wasThere: boolean;
}

/** Before the name of a component, in a base's labels; its value is the version. */
export const COMPONENT_LABEL = "dev.functionsmesh.component.";

/** A base's configuration and manifest. */
export function describeBase({ components, env, ...parts }: BaseParts): BuiltBase {
  const { runtime, version, architecture, layers } = parts;
  const created = timeOfEpoch(0);
  const annotations = annotationsOf({ title: `functions-mesh base for ${runtime}`, version }, created);
  const labels = Object.fromEntries(components.map(({ name, version }) => [`${COMPONENT_LABEL}${name}`, version]));
  const config = imageConfig({
    architecture,
    created,
    env,
    command: [],
    labels: { ...annotations, ...labels },
    layers,
  });
  const content: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: sorted(annotations),
  };
  const manifest = jsonContent(MEDIA_TYPES.manifest, content);
  const diffIds = layers.map(({ diffId }) => diffId);
  return {
    ...parts,
    config,
    manifest,
    image: { manifest: manifest.descriptor, layers: content.layers, diffIds, env, components },
  };
}
