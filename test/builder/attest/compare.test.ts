import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { packTar, type TarEntry } from "modern-tar";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentOf, type Content } from "../../../builder/attest/artifact.ts";
import { compareImages } from "../../../builder/attest/compare/compare-images.ts";
import { digestOf } from "../../../builder/digest.ts";
import { MEDIA_TYPES, type Descriptor, type Digest } from "../../../builder/oci.ts";
import { jsonBytes } from "./forging.ts";
import { MemoryRegistry } from "./memory-registry.ts";

const REPOSITORY = "shop/adder";
const names = ["the published one", "the rebuilt one"] as const;

const FILE: TarEntry = {
  header: { name: "app/function.js", size: 5, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: "file" },
  body: "hello",
};

interface Sample {
  readonly layers?: readonly (readonly TarEntry[] | Content)[];
  readonly config?: Record<string, unknown>;
  readonly annotations?: Record<string, string>;
}

/** An image with these layers; what is not said is the same in all of them. */
async function publish(
  registry: MemoryRegistry,
  { layers = [[FILE]], config, annotations }: Sample = {},
): Promise<Descriptor> {
  const packed = await Promise.all(
    layers.map(async (layer) => ("blob" in layer ? layer : layerOf(await packTar(layer)))),
  );
  const diffIds = packed.map(({ blob }) => digestOf(Bun.gunzipSync(new Uint8Array(blob.open() as Uint8Array))));
  const settings = { Env: ["PATH=/bin"], User: "65532:65532" };
  const members = { os: "linux", architecture: "amd64", config: settings, ...config };
  const configContent = contentOf(
    jsonBytes({ ...members, rootfs: { type: "layers", diff_ids: diffIds } }),
    MEDIA_TYPES.config,
  );
  for (const { blob } of [...packed, configContent]) await registry.putBlob(REPOSITORY, blob);
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: configContent.descriptor,
    layers: packed.map(({ descriptor }) => descriptor),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return registry.putManifest(REPOSITORY, { bytes: jsonBytes(manifest), mediaType: MEDIA_TYPES.manifest });
}

function layerOf(tar: Uint8Array, level: 1 | 9 = 9): Content {
  return contentOf(new Uint8Array(Bun.gzipSync(new Uint8Array(tar), { level })), MEDIA_TYPES.layer);
}

async function compare(one: Sample, other: Sample): Promise<readonly string[]> {
  const registry = new MemoryRegistry();
  const [left, right] = [await publish(registry, one), await publish(registry, other)];
  const at = ({ digest }: Descriptor) => ({ registry, repository: REPOSITORY, digest });
  return compareImages(at(left), at(right), { names });
}

function withHeader(change: Partial<TarEntry["header"]>, body: TarEntry["body"] = FILE.body): readonly TarEntry[] {
  return [{ header: { ...FILE.header, ...change }, body }];
}

describe("two images", () => {
  test("that are the same differ in nothing", async () => {
    expect(await compare({}, {})).toEqual([]);
  });

  test.each<readonly [string, Sample, Sample, readonly string[]]>([
    [
      "an environment",
      {},
      { config: { config: { Env: ["PATH=/sbin"], User: "65532:65532" } } },
      ['config: "config.Env" is ["PATH=/bin"] in the published one, ["PATH=/sbin"] in the rebuilt one'],
    ],
    [
      "an annotation",
      { annotations: { created: "1970", title: "x" } },
      { annotations: { created: "2026" } },
      [
        'annotation "created" is "1970" in the published one, "2026" in the rebuilt one',
        'annotation "title" is "x" in the published one, missing in the rebuilt one',
      ],
    ],
    [
      "a file's content",
      {},
      { layers: [withHeader({}, "jello")] },
      ['layer 1: "app/function.js" has other content of the same size'],
    ],
    [
      "a file's size",
      {},
      { layers: [withHeader({ size: 3 }, "hey")] },
      ['layer 1: "app/function.js" has size 5 bytes in the published one, 3 bytes in the rebuilt one'],
    ],
    [
      "a file's mode, owner and time",
      {},
      { layers: [withHeader({ mode: 0o755, uid: 1, mtime: new Date(1000) })] },
      [
        'layer 1: "app/function.js" has mode 0644 in the published one, 0755 in the rebuilt one',
        'layer 1: "app/function.js" has owner 0:0 in the published one, 1:0 in the rebuilt one',
        'layer 1: "app/function.js" has time 1970-01-01T00:00:00.000Z in the published one, 1970-01-01T00:00:01.000Z in the rebuilt one',
      ],
    ],
    [
      "files",
      { layers: [[FILE, ...withHeader({ name: "a" })]] },
      { layers: [[FILE, ...withHeader({ name: "b" })]] },
      ['layer 1: "a" is in the published one only', 'layer 1: "b" is in the rebuilt one only'],
    ],
    [
      "a link's target",
      { layers: [[{ header: { name: "l", size: 0, type: "symlink", linkname: "a", mtime: new Date(0) } }]] },
      { layers: [[{ header: { name: "l", size: 0, type: "symlink", linkname: "b", mtime: new Date(0) } }]] },
      ['layer 1: "l" has target a in the published one, b in the rebuilt one'],
    ],
    [
      "the order of files",
      { layers: [[FILE, ...withHeader({ name: "b" })]] },
      { layers: [[...withHeader({ name: "b" }), FILE]] },
      ["layer 1: holds the same files, in another order or form"],
    ],
    [
      "the number of layers",
      { layers: [[FILE]] },
      { layers: [[FILE], withHeader({ name: "b" })] },
      ["the published one has 1 layer, the rebuilt one 2"],
    ],
  ])("that differ in %s are told apart", async (_what, one, other, differences) => {
    expect(await compare(one, other)).toEqual(differences);
  });

  test("with layers that are compressed in other ways are said to hold the same", async () => {
    const tar = await packTar(
      Array.from({ length: 50 }, (_, index) => withHeader({ name: `file-${index}` })[0] ?? FILE),
    );
    expect(await compare({ layers: [layerOf(tar, 1)] }, { layers: [layerOf(tar, 9)] })).toEqual([
      "layer 1 holds the same, but is compressed in another way: by another version of Bun, or another tool",
    ]);
  });

  test("with hundreds of differences tell the first of them, and how many more there are", async () => {
    const many = Array.from({ length: 120 }, (_, index) => withHeader({ name: `file-${index}` })[0] ?? FILE);
    const differences = await compare({}, { layers: [many] });
    expect(differences).toHaveLength(51);
    expect(differences.at(-1)).toBe("layer 1: and 71 differences more");
  });

  test("made by another tool, with long names, are read as well", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fmesh-compare-"));
    try {
      const deep = join(folder, "app", "d".repeat(120), "e".repeat(120));
      await mkdir(deep, { recursive: true });
      const tars = ["one", "two"].map((text) => async () => {
        await writeFile(join(deep, "file"), text);
        const flags = ["--mtime=@0", "--owner=0", "--group=0", "--sort=name"];
        execFileSync("tar", ["--format=pax", "-cf", join(folder, "x.tar"), ...flags, "-C", folder, "app"]);
        return layerOf(await readFile(join(folder, "x.tar")));
      });
      const layers: Content[] = [];
      for (const make of tars) layers.push(await make());
      expect(await compare({ layers: [layers[0] as Content] }, { layers: [layers[1] as Content] })).toContain(
        `layer 1: "app/${"d".repeat(120)}/${"e".repeat(120)}/file" has other content of the same size`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("images for several architectures", () => {
  test("are compared for each of them", async () => {
    const registry = new MemoryRegistry();
    const [one, other] = [await publish(registry), await publish(registry, { layers: [withHeader({ mode: 0o600 })] })];
    const left = await publishIndex(registry, { amd64: one, arm64: one });
    const right = await publishIndex(registry, { amd64: one, arm64: other });
    const at = ({ digest }: Descriptor) => ({ registry, repository: REPOSITORY, digest });
    expect(await compareImages(at(left), at(right), { names })).toEqual([
      'linux/arm64: layer 1: "app/function.js" has mode 0644 in the published one, 0600 in the rebuilt one',
    ]);
    const half = await publishIndex(registry, { amd64: one });
    expect(await compareImages(at(left), at(half))).toEqual(["linux/arm64 is in the first only"]);
    expect(await compareImages(at(one), at(left))).toEqual([
      "the second is for several architectures, the first for one",
    ]);
  });
});

describe("comparing", () => {
  test("an image with one that is not there says so", async () => {
    const registry = new MemoryRegistry();
    const { digest } = await publish(registry);
    const missing: Digest = `sha256:${"0".repeat(64)}`;
    await expect(
      compareImages(
        { registry, repository: REPOSITORY, digest },
        { registry, repository: REPOSITORY, digest: missing },
      ),
    ).rejects.toThrow(`there is no image "registry.example.com/functions/${REPOSITORY}@${missing}"`);
  });

  test("a layer that is no archive says so", async () => {
    const registry = new MemoryRegistry();
    const noise = contentOf(new Uint8Array(Bun.gzipSync(new Uint8Array(4096).fill(7))), MEDIA_TYPES.layer);
    const [one, other] = [await publish(registry), await publish(registry, { layers: [noise] })];
    await expect(
      compareImages(
        { registry, repository: REPOSITORY, digest: one.digest },
        { registry, repository: REPOSITORY, digest: other.digest },
      ),
    ).rejects.toThrow(`the layer "${noise.descriptor.digest}" is no archive that can be read`);
  });
});

async function publishIndex(
  registry: MemoryRegistry,
  images: Readonly<Record<string, Descriptor>>,
): Promise<Descriptor> {
  const manifests = Object.entries(images).map(([architecture, image]) => ({
    ...image,
    platform: { os: "linux", architecture },
  }));
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
  return registry.putManifest(REPOSITORY, { bytes, mediaType: MEDIA_TYPES.index });
}
