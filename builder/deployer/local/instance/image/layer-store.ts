import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Descriptor, type Digest, MEDIA_TYPES } from "../../../../oci.ts";
import type { Registry } from "../../../../registry.ts";
import { DeployError } from "../../../deploy-error.ts";
import { SharedWork } from "../shared-work.ts";
import type { UnpackedLayer } from "./join-layers.ts";
import type { Unfinished } from "./unfinished.ts";
import { type Whiteouts, unpackLayer } from "./unpack-layer.ts";

/** Where a layer is had from. */
export interface LayerSource {
  readonly registry: Registry;
  readonly repository: string;
  readonly signal: AbortSignal;
}

const whiteoutsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ gone: v.array(v.string()), opaque: v.array(v.string()) }),
);

/** How layers are packed, by their media type. */
const PACKED: Readonly<Record<string, "gzip" | "zstd" | "not at all">> = {
  [MEDIA_TYPES.layer]: "gzip",
  "application/vnd.docker.image.rootfs.diff.tar.gzip": "gzip",
  "application/vnd.oci.image.layer.v1.tar+zstd": "zstd",
  "application/vnd.oci.image.layer.v1.tar": "not at all",
};

/** Layers, unpacked once by their digest: what functions stand on is the same for many of them. */
export class LayerStore {
  readonly #folder: string;
  readonly #unfinished: Unfinished;
  readonly #maxBytes: number;
  readonly #work = new SharedWork<UnpackedLayer>();

  constructor(folder: string, options: { readonly unfinished: Unfinished; readonly maxBytes: number }) {
    this.#folder = folder;
    this.#unfinished = options.unfinished;
    this.#maxBytes = options.maxBytes;
  }

  /** Resolves at once when it is there. @throws DeployError `invalid`; RegistryError, or what the disk throws. */
  async get(layer: Descriptor, source: LayerSource): Promise<UnpackedLayer> {
    return (
      (await this.#find(layer.digest)) ??
      this.#work.do(layer.digest, source, (signal) => this.#fetch(layer, { ...source, signal }))
    );
  }

  /** Removes all but these. */
  async keepOnly(digests: ReadonlySet<Digest>): Promise<void> {
    const kept = new Set([...digests].map(nameOf));
    for (const name of await readdir(this.#folder)) {
      if (!kept.has(name)) await this.#unfinished.remove(join(this.#folder, name));
    }
  }

  async #fetch(layer: Descriptor, { registry, repository, signal }: LayerSource): Promise<UnpackedLayer> {
    // Before anything is opened that would have to be closed.
    const unpack = unpackerOf(layer);
    await this.#unfinished.make(this.#pathOf(layer.digest), async (folder) => {
      const root = join(folder, "root");
      await mkdir(root);
      const blob = await registry.getBlob(repository, layer.digest, { signal, size: layer.size });
      const whiteouts = await unpackLayer(unpack(blob), { folder: root, maxBytes: this.#maxBytes });
      await writeFile(join(folder, "layer.json"), JSON.stringify(whiteouts), { flush: true });
    });
    const made = await this.#find(layer.digest);
    if (made === undefined) throw new Error(`the layer "${layer.digest}" was removed while it was unpacked; try again`);
    return made;
  }

  async #find(digest: Digest): Promise<UnpackedLayer | undefined> {
    const path = this.#pathOf(digest);
    const text = await readFile(join(path, "layer.json"), "utf8").catch(() => undefined);
    const read: Whiteouts | undefined = text === undefined ? undefined : v.parse(whiteoutsSchema, text);
    return read && { ...read, root: join(path, "root") };
  }

  #pathOf(digest: Digest): string {
    return join(this.#folder, nameOf(digest));
  }
}

function nameOf(digest: Digest): string {
  return digest.replace("sha256:", "");
}

type Unpack = (blob: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;

function unpackerOf({ mediaType, digest }: Descriptor): Unpack {
  const packed = PACKED[mediaType];
  if (packed === undefined) {
    throw new DeployError("invalid", `the image's layer "${digest}" is of type "${mediaType}", which is not read here`);
  }
  if (packed === "not at all") return (blob) => blob;
  return (blob) => {
    // Bun has "zstd" as well, which the types do not know.
    const unpacker: object = new DecompressionStream(packed as "gzip");
    return blob.pipeThrough(unpacker as ReadableWritablePair<Uint8Array, Uint8Array>);
  };
}
