export type { BuildDefinition, BuildProgress, BuildStep } from "../mesh/build.ts";
import type { Architecture, Descriptor, Digest } from "./oci.ts";

/** A handler made ready to run: the files of its image's own layer, relative to `/app`. The same definition gives the same bytes. */
export interface Bundle {
  readonly files: readonly BundleFile[];
  /** What starts it, `argv` of the process: `["bun", "/app/function.js"]`. */
  readonly command: readonly string[];
  /** npm packages that are in it, with exact versions: for the bill of materials. */
  readonly packages: readonly BundledPackage[];
  /** The lock file's text, to be recorded; `undefined` without dependencies. */
  readonly lock: string | undefined;
  readonly warnings: readonly string[];
}

export interface BundleFile {
  /** Such as `function.js`; never absolute, never with `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isExecutable?: boolean;
  /** The layer it goes into. Default: `handler`. */
  readonly layer?: BundleLayer;
}

/** Layers of a function's own, from what changes least: a layer that did not change is not sent again. */
export const BUNDLE_LAYERS = ["entry", "dependencies", "handler"] as const;
export type BundleLayer = (typeof BUNDLE_LAYERS)[number];

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity as the lock file has it. */
  readonly integrity: string | undefined;
  readonly license?: string;
}

/** What a function's image stands on: published already, named by its digest. */
export interface Base {
  /** The repository that has it, in the registry that is pushed to. */
  readonly repository: string;
  /** The manifest of each architecture. */
  readonly images: Readonly<Partial<Record<Architecture, BaseImage>>>;
}

export interface BaseImage {
  readonly manifest: Descriptor;
  /** Its layers, in order. */
  readonly layers: readonly Descriptor[];
  /** Digests of the layers' uncompressed tar archives, in order. */
  readonly diffIds: readonly Digest[];
  /** `PATH=…` and the like. */
  readonly env: readonly string[];
  /** What is in it, with versions, for the bill of materials: `bun`, `glibc`. */
  readonly components: readonly BaseComponent[];
}

export interface BaseComponent {
  readonly name: string;
  readonly version: string;
}

/** A published image. */
export interface PublishedImage {
  readonly repository: string;
  /** Of the manifest, or of the index when there are several architectures. */
  readonly descriptor: Descriptor;
  /** By digest: what is deployed. */
  readonly reference: string;
  /** Bytes that went to the registry. */
  readonly sentBytes: number;
  /** Nothing had to be built: an image of the same definition was there. */
  readonly wasThere: boolean;
}
