import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { buildBase } from "../../../builder/base/build-base.ts";
import type { BuiltBase } from "../../../builder/base/built-base.ts";
import { loadBase } from "../../../builder/base/load-base.ts";
import { localBase } from "../../../builder/base/local-base.ts";
import { publishBase, tagOf } from "../../../builder/base/publish-base.ts";
import { jsonContent } from "../../../builder/image/config.ts";
import { digestOf } from "../../../builder/digest.ts";
import { type Architecture, type Digest, MEDIA_TYPES } from "../../../builder/oci.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { temporaryFolder } from "../../setup/temporary-folder.ts";
import { skopeo } from "../../support/skopeo.ts";
import { AARCH64, makeElf, X86_64 } from "./make-elf.ts";
import { debianSystem, writeSystem } from "./system-folder.ts";

let folder: string;
let registry: LayoutRegistry;

beforeEach(async () => {
  folder = await temporaryFolder();
  registry = new LayoutRegistry({ folder: join(folder, "registry") });
});

test("a base that was published is read back as it was", async () => {
  const bases = [await built("amd64")];
  const published = await publishBase(registry, "base/bun", bases);
  expect(await loadBase(registry, "base/bun", tagOf(bases))).toEqual(published);
  expect(Object.keys(published.images)).toEqual(["amd64"]);
});

test("for two architectures it is one base, and skopeo finds each", async () => {
  const bases = [await built("arm64"), await built("amd64")];
  const published = await publishBase(registry, "base/bun", bases, { tag: "stable" });
  expect(await loadBase(registry, "base/bun", "stable")).toEqual(published);
  for (const architecture of ["amd64", "arm64"]) {
    const args = ["--override-arch", architecture, "inspect", `oci:${folder}/registry/base/bun:stable`];
    expect(JSON.parse(await skopeo(...args))).toMatchObject({ Architecture: architecture });
  }
});

test("its tag tells the runtime, and another content has another tag", async () => {
  const [one, other] = [await built("amd64"), await built("amd64", "another")];
  expect(tagOf([one])).toMatch(/^bun-1\.4\.5-[0-9a-f]{12}$/);
  expect(tagOf([other])).not.toBe(tagOf([one]));
});

test("what is there already is not sent again", async () => {
  const bases = [await built("amd64")];
  const sent: number[] = [];
  await publishBase(registry, "base/bun", bases);
  await publishBase(registry, "base/bun", bases, { onProgress: (progress) => sent.push(progress.sent) });
  expect(sent).toEqual([0, 0, 0, 0]);
});

test("two bases for one architecture, or none, cannot be published", async () => {
  const base = await built("amd64");
  await expect(publishBase(registry, "base/bun", [base, base])).rejects.toThrow("for the same architecture");
  await expect(publishBase(registry, "base/bun", [])).rejects.toThrow("there is no base to publish");
});

test("the machine's own is there at once when it is asked for, and again from the cache", async () => {
  const options = {
    repository: "base/bun",
    runtime: "bun",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    from: { program: process.execPath, version: Bun.version },
    cacheFolder: join(folder, "cache"),
  } as const;
  const first = await localBase(registry, options);
  expect(await localBase(registry, options)).toEqual(first);
  const image = first.images[options.architecture];
  expect(image?.components).toContainEqual({ name: "bun", version: Bun.version });
  expect(await registry.tags("base/bun")).toHaveLength(1);
});

describe("something else than a base", () => {
  test("a tag that is not there is told to be missing", async () => {
    const loading = loadBase(registry, "base/bun", "stable");
    await expect(loading).rejects.toMatchObject({ code: "not_found" });
    await expect(loading).rejects.toThrow('there is no base "base/bun" with the tag or digest "stable"');
  });

  test.each([
    ["for another system", { os: "windows" }, "os"],
    ["for another processor", { architecture: "s390x" }, "architecture"],
    ["with layers that it does not tell of", { rootfs: { diff_ids: [] } }, "another number of layers"],
    ["of nonsense", { rootfs: "none" }, "rootfs"],
  ])("an image %s is refused", async (_, change, why) => {
    const digest = await putImage({ ...CONFIG, ...change });
    const loading = loadBase(registry, "base/other", digest);
    await expect(loading).rejects.toMatchObject({ code: "not_a_base" });
    await expect(loading).rejects.toThrow(why);
  });

  test("an index without an image is refused", async () => {
    const index = jsonContent(MEDIA_TYPES.index, { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [] });
    await registry.putManifest("base/other", { bytes: index.bytes, mediaType: MEDIA_TYPES.index }, { tag: "empty" });
    await expect(loadBase(registry, "base/other", "empty")).rejects.toThrow("it has no image for Linux");
  });
});

test("an image that somebody else made will do, with whatever else is in its index", async () => {
  const manifest = await putImage(CONFIG);
  const other = { mediaType: MEDIA_TYPES.manifest, digest: await putImage({ ...CONFIG, os: "windows" }), size: 1 };
  const index = jsonContent(MEDIA_TYPES.index, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: [
      { mediaType: MEDIA_TYPES.manifest, digest: manifest, size: 1, platform: { os: "linux", architecture: "amd64" } },
      { ...other, platform: { os: "unknown", architecture: "unknown" } },
      { ...other, platform: { os: "windows", architecture: "amd64" } },
    ],
  });
  await registry.putManifest("base/other", { bytes: index.bytes, mediaType: MEDIA_TYPES.index }, { tag: "v1" });
  const { images } = await loadBase(registry, "base/other", "v1");
  expect(images.amd64).toMatchObject({ env: ["PATH=/bin"], components: [], diffIds: CONFIG.rootfs.diff_ids });
  expect(images.amd64?.manifest.digest).toBe(manifest);
});

const LAYER = new TextEncoder().encode("a layer");
const CONFIG = {
  architecture: "amd64",
  os: "linux",
  config: { Env: ["PATH=/bin"], Labels: null },
  rootfs: { diff_ids: [digestOf(LAYER)] },
};

async function putImage(config: object): Promise<Digest> {
  const { bytes, descriptor } = jsonContent(MEDIA_TYPES.config, config);
  const layer = { mediaType: MEDIA_TYPES.layer, digest: digestOf(LAYER), size: LAYER.length };
  const manifest = jsonContent(MEDIA_TYPES.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptor,
    layers: [layer],
  });
  await registry.putBlob("base/other", { ...descriptor, open: () => bytes });
  await registry.putBlob("base/other", { ...layer, open: () => LAYER });
  await registry.putManifest("base/other", { bytes: manifest.bytes, mediaType: MEDIA_TYPES.manifest });
  return manifest.descriptor.digest;
}

async function built(architecture: Architecture, padding = ""): Promise<BuiltBase> {
  const root = await temporaryFolder();
  const [triplet, machine, interpreter] =
    architecture === "amd64"
      ? (["x86_64-linux-gnu", X86_64, "/lib64/ld-linux-x86-64.so.2"] as const)
      : (["aarch64-linux-gnu", AARCH64, "/lib/ld-linux-aarch64.so.1"] as const);
  await writeSystem(root, debianSystem(triplet, machine));
  const program = join(root, "program");
  await writeFile(program, makeElf({ machine, interpreter, needed: ["libc.so.6"], padding }));
  const from = { program, version: "1.4.5" };
  return buildBase({ runtime: "bun", architecture, from, root, cacheFolder: join(folder, "cache") });
}
