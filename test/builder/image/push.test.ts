import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Base } from "../../../builder/build.ts";
import { assembleImage, type Image } from "../../../builder/image/assemble.ts";
import { imageConfig, jsonContent } from "../../../builder/image/config.ts";
import { makeLayer } from "../../../builder/image/layer.ts";
import { pushImage, type PushProgress } from "../../../builder/image/push.ts";
import { type Architecture, ARCHITECTURES, MEDIA_TYPES } from "../../../builder/oci.ts";
import type { PutBlobOptions, Registry } from "../../../builder/registry.ts";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { RegistryError } from "../../../builder/registry/registry-error.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { umociUnpack } from "../../support/image-readers.ts";
import { skopeo } from "../../support/skopeo.ts";
import { sampleBundle } from "./samples.ts";

let folder: string;
let registry: LayoutRegistry;
let base: Base;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-push-"));
  registry = new LayoutRegistry({ folder: join(folder, "registry") });
  base = await publishSampleBase(registry);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("what was pushed", () => {
  test("is what skopeo finds under its tag", async () => {
    const image = imageOf("1", ["amd64"]);
    const published = await pushImage(registry, "shop/adder", image, { base, tag: "v1" });
    const found = JSON.parse(await skopeo("inspect", `oci:${folder}/registry/shop/adder:v1`)) as Record<
      string,
      unknown
    >;
    expect(found).toMatchObject({
      Digest: image.descriptor.digest,
      Architecture: "amd64",
      Os: "linux",
      Layers: [...(base.images.amd64?.layers ?? []), ...image.layers.map(({ descriptor }) => descriptor)].map(
        ({ digest }) => digest,
      ),
    });
    expect(published).toEqual({
      repository: "shop/adder",
      descriptor: image.descriptor,
      reference: `oci-layout:${folder}/registry/shop/adder@${image.descriptor.digest}`,
      sentBytes: published.sentBytes,
      wasThere: false,
    });
  });

  test("has the function's files over the base's when umoci unpacks it", async () => {
    await pushImage(registry, "shop/adder", imageOf("export default 1", ["amd64"]), { base, tag: "v1" });
    const files = await umociUnpack(join(folder, "registry/shop/adder"), "v1", join(folder, "bundle"));
    const contents = files.map(({ path, content }) => [
      path,
      content instanceof Uint8Array ? text(content) : undefined,
    ]);
    expect(contents).toEqual([
      ["app", undefined],
      ["app/entry.js", "import './function.js';\n"],
      ["app/function.js", "export default 1"],
      ["etc", undefined],
      ["etc/passwd", "nobody for amd64"],
    ]);
  });

  test("is mounted where another function needs it, and sent again where that function has gone", async () => {
    const [entry] = imageOf("1", ["amd64"]).layers;
    const entryCame = async (repository: string, source: string): Promise<unknown> => {
      const told: PushProgress[] = [];
      await pushImage(registry, repository, imageOf(source, ["amd64"]), {
        base,
        onProgress: (each) => told.push(each),
      });
      return told.find(({ digest }) => digest === entry?.descriptor.digest)?.by;
    };
    expect(await entryCame("shop/adder", "1")).toBe("upload");
    expect(await entryCame("shop/printer", "2")).toBe("mount");
    await rm(join(folder, "registry/shop/printer"), { recursive: true });
    expect(await entryCame("shop/third", "3")).toBe("upload");
  });

  test("for several architectures is an index, and each of its manifests is there", async () => {
    const image = imageOf("1", ARCHITECTURES);
    await pushImage(registry, "shop/adder", image, { base, tag: "v1" });
    const index = await registry.getManifest("shop/adder", "v1");
    expect(index).toMatchObject({ digest: image.descriptor.digest, mediaType: MEDIA_TYPES.index });
    for (const architecture of ARCHITECTURES) {
      const args = ["--override-arch", architecture, "inspect", `oci:${folder}/registry/shop/adder:v1`];
      expect(JSON.parse(await skopeo(...args))).toMatchObject({ Architecture: architecture });
    }
  });

  test("without a tag is found by its digest", async () => {
    const image = imageOf("1", ["amd64"]);
    await pushImage(registry, "shop/adder", image, { base });
    expect(await registry.tags("shop/adder")).toEqual([]);
    expect(await registry.getManifest("shop/adder", image.descriptor.digest)).toBeDefined();
  });
});

describe("what is sent", () => {
  test("is the function alone: the base is mounted from where it is", async () => {
    const image = imageOf("1", ["amd64"]);
    const progress: PushProgress[] = [];
    const { sentBytes } = await pushImage(registry, "shop/adder", image, {
      base,
      tag: "v1",
      onProgress: (step) => progress.push(step),
    });
    const own = [...image.layers, ...image.platforms.flatMap(({ config, manifest }) => [config, manifest])];
    expect(sentBytes).toBe(own.reduce((total, { descriptor }) => total + descriptor.size, 0));
    expect(progress.map(({ by }) => by).sort()).toEqual(["mount", "upload", "upload", "upload"]);
    expect(progress.at(-1)?.blobs).toEqual({ done: 4, all: 4 });
  });

  test("is only the changed layer when one line changed", async () => {
    await pushImage(registry, "shop/adder", imageOf("1", ["amd64"]), { base, tag: "v1" });
    const progress: PushProgress[] = [];
    const changed = imageOf("2", ["amd64"]);
    await pushImage(registry, "shop/adder", changed, { base, tag: "v2", onProgress: (step) => progress.push(step) });
    const sent = progress.filter(({ by }) => by === "upload").map(({ digest }) => digest);
    const wanted = [changed.layers[1]?.descriptor.digest, changed.platforms[0]?.config.descriptor.digest];
    expect(new Set(sent)).toEqual(new Set(wanted));
  });

  test("is the base, too, where a registry cannot mount", async () => {
    const image = imageOf("1", ["amd64"]);
    const cannotMount = changed({
      putBlob: (repository, blob, { from: _, ...options } = {}) => registry.putBlob(repository, blob, options),
    });
    const { sentBytes } = await pushImage(cannotMount, "shop/adder", image, { base, tag: "v1" });
    expect(sentBytes).toBeGreaterThan(base.images.amd64?.layers[0]?.size ?? Infinity);
    await skopeo("copy", `oci:${folder}/registry/shop/adder:v1`, `dir:${folder}/copy`);
  });
});

describe("a registry that others run", () => {
  const dockerRegistry = useDockerRegistry();

  test("mounts the base, takes the rest, and has for skopeo what a folder would have", async () => {
    const remote = new DistributionRegistry({ origin: dockerRegistry.server.url });
    await publishSampleBase(remote);
    const image = imageOf("1", ARCHITECTURES);
    const progress: PushProgress[] = [];
    const { reference } = await pushImage(remote, "shop/adder", image, {
      base,
      tag: "v1",
      onProgress: (step) => progress.push(step),
    });
    expect(progress.map(({ by }) => by).toSorted()).toEqual(["mount", "mount", "upload", "upload", "upload", "upload"]);
    expect(reference).toBe(`${dockerRegistry.server.host}/shop/adder@${image.descriptor.digest}`);
    for (const name of [reference, `${dockerRegistry.server.host}/shop/adder:v1`]) {
      const found = JSON.parse(await skopeo("inspect", "--raw", "--tls-verify=false", `docker://${name}`)) as unknown;
      expect(found).toEqual(JSON.parse(text(image.index?.bytes ?? new Uint8Array())));
    }
  });
});

describe("a push that fails", () => {
  test("leaves nothing under its tag, ends what else was sent, and can be repeated", async () => {
    const image = imageOf("1", ["amd64"]);
    const victim = image.layers[1]?.descriptor.digest;
    const ended: unknown[] = [];
    const failing = changed({
      putBlob: (_repository, blob, options) => {
        if (blob.digest === victim) return Promise.reject(new RegistryError("full", "there is no room"));
        return untilAborted(options, ended);
      },
    });
    await expect(pushImage(failing, "shop/adder", image, { base, tag: "v1" })).rejects.toThrow("there is no room");
    expect(ended).toHaveLength(3);
    expect(await registry.getManifest("shop/adder", "v1")).toBeUndefined();

    await pushImage(registry, "shop/adder", image, { base, tag: "v1" });
    expect(await registry.getManifest("shop/adder", "v1")).toMatchObject({ digest: image.descriptor.digest });
  });

  test("because somebody gave up leaves nothing under its tag", async () => {
    const controller = new AbortController();
    const ended: unknown[] = [];
    const slow = changed({
      putBlob: (_repository, _blob, options) => {
        controller.abort(new Error("enough"));
        return untilAborted(options, ended);
      },
    });
    const pushing = pushImage(slow, "shop/adder", imageOf("1", ["amd64"]), {
      base,
      tag: "v1",
      signal: controller.signal,
    });
    await expect(pushing).rejects.toThrow("enough");
    expect(ended).toHaveLength(4);
    expect(await registry.getManifest("shop/adder", "v1")).toBeUndefined();
  });

  test("after the blobs, at one of several manifests, leaves the tag where it was", async () => {
    const before = imageOf("1", ARCHITECTURES);
    await pushImage(registry, "shop/adder", before, { base, tag: "v1" });
    let puts = 0;
    const failing = changed({
      putManifest: (repository, manifest, options) =>
        ++puts === 2
          ? Promise.reject(new RegistryError("unavailable", "gone"))
          : registry.putManifest(repository, manifest, options),
    });
    const pushing = pushImage(failing, "shop/adder", imageOf("2", ARCHITECTURES), { base, tag: "v1" });
    await expect(pushing).rejects.toThrow("gone");
    expect(await registry.getManifest("shop/adder", "v1")).toMatchObject({ digest: before.descriptor.digest });
  });
});

function imageOf(handler: string, architectures: readonly Architecture[]): Image {
  return assembleImage({ bundle: sampleBundle(handler), base, architectures, about: { title: "adder" } });
}

/** The registry, but for some of its methods. */
function changed(methods: Partial<Registry>): Registry {
  return {
    name: registry.name,
    reference: (...args) => registry.reference(...args),
    hasBlob: (...args) => registry.hasBlob(...args),
    putBlob: (...args) => registry.putBlob(...args),
    getBlob: (...args) => registry.getBlob(...args),
    getManifest: (...args) => registry.getManifest(...args),
    putManifest: (...args) => registry.putManifest(...args),
    referrers: (...args) => registry.referrers(...args),
    tags: (...args) => registry.tags(...args),
    close: () => registry.close(),
    ...methods,
  };
}

/** An upload that never ends by itself. */
async function untilAborted({ signal }: PutBlobOptions = {}, ended: unknown[]): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const give = (): void => reject(signal?.reason as Error);
  if (signal?.aborted === true) give();
  signal?.addEventListener("abort", give);
  try {
    return await promise;
  } finally {
    ended.push(signal?.reason);
  }
}

async function publishSampleBase(registry: Registry): Promise<Base> {
  const images = ARCHITECTURES.map(async (architecture) => {
    const content = new TextEncoder().encode(`nobody for ${architecture}`);
    const layer = makeLayer(
      [{ type: "file", path: "etc/passwd", mode: 0o644, content }],
      { uid: 0, gid: 0, mtime: 0 },
      "sample",
    );
    const bytes = layer.bytes;
    const config = imageConfig({
      architecture,
      created: "1970-01-01T00:00:00Z",
      env: ["PATH=/bin"],
      command: [],
      labels: {},
      layers: [layer],
    });
    const manifest = jsonContent(MEDIA_TYPES.manifest, {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: config.descriptor,
      layers: [layer.descriptor],
    });
    await registry.putBlob("base/sample", { ...layer.descriptor, open: () => bytes });
    await registry.putBlob("base/sample", { ...config.descriptor, open: () => config.bytes });
    await registry.putManifest("base/sample", { bytes: manifest.bytes, mediaType: MEDIA_TYPES.manifest });
    const image = {
      manifest: manifest.descriptor,
      layers: [layer.descriptor],
      diffIds: [layer.diffId],
      env: ["PATH=/bin"],
      components: [],
    };
    return [architecture, image] as const;
  });
  return { repository: "base/sample", images: Object.fromEntries(await Promise.all(images)) };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
