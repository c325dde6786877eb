import { chmod, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Digest } from "../../../../oci.ts";
import type { Registry } from "../../../../registry.ts";
import type { ImageReference } from "../../instance.ts";
import { DeployError } from "../../../deploy-error.ts";
import { SharedWork } from "../shared-work.ts";
import { explainImageError } from "./explain-image-error.ts";
import { readImage } from "./image-content.ts";
import { type UnpackedLayer, joinLayers } from "./join-layers.ts";
import { LayerStore } from "./layer-store.ts";
import { Unfinished } from "./unfinished.ts";

/** An image as files of this machine. */
export interface StoredImage {
  /** The folder that is its root. */
  readonly root: string;
  /** What starts it, in words of the image. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

export interface ImageStoreOptions {
  readonly registry: Registry;
  readonly folder: string;
  readonly architecture: string;
  /** What a layer may unpack to. */
  readonly maxBytes: number;
}

const storedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    command: v.tupleWithRest([v.string()], v.string()),
    env: v.record(v.string(), v.string()),
    folder: v.string(),
    layers: v.array(v.custom<Digest>((value) => typeof value === "string")),
  }),
);
type Stored = v.InferOutput<typeof storedSchema>;

/** Images on disk, each under its digest once all of it is there. */
export class ImageStore {
  readonly #options: ImageStoreOptions;
  readonly #images: string;
  readonly #unfinished: Unfinished;
  readonly #layers: LayerStore;
  readonly #work = new SharedWork<void>();
  readonly #found = new Map<string, StoredImage>();
  /** The layers of images that are being put together. */
  readonly #wanted = new Map<string, readonly Digest[]>();

  private constructor(options: ImageStoreOptions) {
    const { folder, maxBytes } = options;
    this.#options = options;
    this.#images = join(folder, "images");
    this.#unfinished = new Unfinished(join(folder, "unfinished"));
    this.#layers = new LayerStore(join(folder, "layers"), { unfinished: this.#unfinished, maxBytes });
  }

  static async open(options: ImageStoreOptions): Promise<ImageStore> {
    const store = new ImageStore(options);
    for (const name of ["images", "layers", "unfinished"]) {
      const folder = join(options.folder, name);
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o755);
    }
    await store.#unfinished.sweep();
    return store;
  }

  /** @throws DeployError; rejects with the signal's reason. */
  async prepare(image: ImageReference, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    if ((await this.find(image.digest)) !== undefined) return;
    await this.#work.do(image.digest, { signal }, (shared) => this.#make(image, shared));
  }

  /** `undefined` for one that is not there. */
  async find(digest: string): Promise<StoredImage | undefined> {
    const known = this.#found.get(digest);
    if (known !== undefined) return known;
    const stored = await this.#read(nameOf(digest));
    if (stored === undefined) return undefined;
    const { command, env, folder } = stored;
    const found = { command, env, folder, root: join(this.#images, nameOf(digest), "root") };
    this.#found.set(digest, found);
    return found;
  }

  /** Its layers stay for others, until {@link keepOnly}. */
  async remove(digest: string): Promise<void> {
    this.#found.delete(digest);
    await this.#unfinished.remove(join(this.#images, nameOf(digest)));
  }

  /** Removes what belongs to none of these, nor to what is being prepared. */
  async keepOnly(digests: readonly string[]): Promise<void> {
    const kept = new Set([...digests, ...this.#work.keys()].map(nameOf));
    const layers = new Set<Digest>();
    for (const name of await readdir(this.#images)) {
      if (!kept.has(name)) await this.remove(`sha256:${name}`);
      else for (const digest of (await this.#read(name))?.layers ?? []) layers.add(digest);
    }
    await this.#layers.keepOnly(layers.union(new Set([...this.#wanted.values()].flat())));
  }

  async #make(image: ImageReference, signal: AbortSignal): Promise<void> {
    const { registry, architecture } = this.#options;
    try {
      const { layers, ...content } = await readImage(image, { registry, architecture, signal });
      const digests = layers.map(({ digest }) => digest);
      this.#wanted.set(image.digest, digests);
      try {
        const source = { registry, repository: image.repository, signal };
        // One after the other: several at once would only share the processor and the disk.
        const unpacked: UnpackedLayer[] = [];
        for (const layer of layers) unpacked.push(await this.#layers.get(layer, source));
        await this.#unfinished.make(join(this.#images, nameOf(image.digest)), async (folder) => {
          await joinLayers(unpacked, join(folder, "root"));
          const stored: Stored = { ...content, command: [...content.command], layers: digests };
          await writeFile(join(folder, "image.json"), JSON.stringify(stored), { flush: true });
        });
      } finally {
        this.#wanted.delete(image.digest);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw explainImageError(error, image);
    }
  }

  async #read(name: string): Promise<Stored | undefined> {
    const text = await readFile(join(this.#images, name, "image.json"), "utf8").catch(() => undefined);
    return text === undefined ? undefined : v.parse(storedSchema, text);
  }
}

/** @throws DeployError `invalid`: a path is made of it. */
function nameOf(digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex !== undefined) return hex;
  throw new DeployError(
    "invalid",
    `the image's digest ${JSON.stringify(digest.slice(0, 100))} is none; build it again`,
  );
}
