import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openInstances } from "../../../../builder/deployer/local/instance/open-instances.ts";
import type { Instances } from "../../../../builder/deployer/local/instance.ts";
import { MEDIA_TYPES } from "../../../../builder/oci.ts";
import type { Registry } from "../../../../builder/registry.ts";
import { LayoutRegistry } from "../../../../builder/registry/layout.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { silentLog } from "../../../../mesh/log.ts";
import { file, link, other, publishLayers, publishManifest, type TestLayer } from "./layers.ts";
import { counting, gated, INDEX_DIGEST, withIndex } from "./registries.ts";

type Image = Deployment["image"];

let folder: string;
let registry: Registry;
const opened: Instances[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-images-"));
  registry = new LayoutRegistry({ folder: join(folder, "registry") });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((instances) => instances.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(rest: { registry?: Registry; maxLayerBytes?: number } = {}): Promise<Instances> {
  const instances = await openInstances({
    registry,
    folder: join(folder, "deployer"),
    secretsFolder: join(folder, "secrets"),
    sandbox: "off",
    bwrap: undefined,
    programs: {},
    controlGroups: "off",
    log: silentLog,
    ...rest,
  });
  opened.push(instances);
  return instances;
}

const inTime = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(30_000) });
const rootOf = ({ digest }: Image): string => join(folder, "deployer/images", digest.slice(7), "root");
const onDisk = (kind: "images" | "layers" | "unfinished"): Promise<string[]> => readdir(join(folder, "deployer", kind));

describe("an image that is prepared", () => {
  test("is its layers on each other: what a higher one has wins, and what it takes away is gone", async () => {
    const image = await publishLayers(registry, [
      {
        entries: [
          file("app/run", "#!", { mode: 0o4777 }),
          file("app/old/one"),
          file("app/old/two"),
          file("etc/gone"),
          file("etc/replaced", "lower"),
          link("bin", "usr/bin"),
          file("usr/bin/tool"),
          link("app/tool", "../usr/bin/tool"),
        ],
      },
      {
        entries: [
          file("etc/.wh.gone", ""),
          file("app/old/.wh..wh..opq", ""),
          file("app/old/three"),
          file("etc/replaced", "upper"),
          // A folder where a lower layer has a link: the link is not followed.
          file("./bin/own"),
          file("app/named"),
          link("app/same", "app/named", "link"),
        ],
      },
    ]);
    await (await open()).prepare(image, inTime());
    const root = rootOf(image);
    expect((await readdir(join(root, "app"))).sort()).toEqual(["named", "old", "run", "same", "tool"]);
    expect(await readdir(join(root, "app/old"))).toEqual(["three"]);
    expect(await readdir(join(root, "bin"))).toEqual(["own"]);
    expect(await readdir(join(root, "usr/bin"))).toEqual(["tool"]);
    expect(await readFile(join(root, "etc/replaced"), "utf8")).toBe("upper");
    expect((await readdir(join(root, "etc"))).sort()).toEqual(["hosts", "replaced", "resolv.conf"]);
    expect(await readlink(join(root, "app/tool"))).toBe("../usr/bin/tool");
    expect((await stat(join(root, "app/run"))).mode & 0o7777).toBe(0o555);
    expect((await stat(join(root, "app/same"))).ino).toBe((await stat(join(root, "app/named"))).ino);
    expect(await onDisk("unfinished")).toEqual([]);
  });

  test("shares the layers, on disk and in memory, that others have as well", async () => {
    const base = { entries: [file("usr/bin/runtime", "x".repeat(100_000))] };
    const [first, second] = [
      await publishLayers(registry, [base, { entries: [file("app/run", "first")] }]),
      await publishLayers(registry, [base, { entries: [file("app/run", "second")] }]),
    ];
    const reads: string[] = [];
    const instances = await open({ registry: counting(registry, reads) });
    await instances.prepare(first, inTime());
    const before = reads.length;
    await instances.prepare(second, inTime());
    // Its configuration and its own layer.
    expect(reads.length - before).toBe(2);
    const inodes = [first, second].map(async (image) => (await stat(join(rootOf(image), "usr/bin/runtime"))).ino);
    expect(new Set(await Promise.all(inodes)).size).toBe(1);
    await instances.prepare(second, inTime());
    expect(reads.length - before).toBe(2);
  });

  test.each([
    ["zstd", "application/vnd.oci.image.layer.v1.tar+zstd"],
    ["gzip, as Docker calls it", "application/vnd.docker.image.rootfs.diff.tar.gzip"],
    ["nothing", "application/vnd.oci.image.layer.v1.tar"],
  ])("may be packed with %s", async (_, mediaType) => {
    const image = await publishLayers(registry, [{ mediaType, entries: [file("app/run", "here")] }]);
    await (await open()).prepare(image, inTime());
    expect(await readFile(join(rootOf(image), "app/run"), "utf8")).toBe("here");
  });

  test("is fetched once for all who ask at once, by several deployers in one folder as well", async () => {
    const image = await publishLayers(registry, [{ entries: [file("app/run", "x".repeat(1_000_000))] }]);
    const both = [await open(), await open()];
    await Promise.all([...both, ...both].map((instances) => instances.prepare(image, inTime())));
    expect((await readFile(join(rootOf(image), "app/run"))).length).toBe(1_000_000);
    expect(await onDisk("unfinished")).toEqual([]);
  });

  test("goes on being fetched for those who wait when one gives up", async () => {
    const image = await publishLayers(registry, [{ entries: [file("app/run")] }]);
    const gate = Promise.withResolvers<void>();
    const instances = await open({ registry: gated(registry, gate.promise) });
    const giving = new AbortController();
    const [given, waited] = [instances.prepare(image, { signal: giving.signal }), instances.prepare(image, inTime())];
    giving.abort(new Error("no more patience"));
    await expect(given).rejects.toThrow("no more patience");
    gate.resolve();
    await waited;
    expect(await readFile(join(rootOf(image), "app/run"), "utf8")).toBe("app/run");
  });

  test("is for this machine's processor when there are several", async () => {
    const [ours, others] = process.arch === "arm64" ? ["arm64", "amd64"] : ["amd64", "arm64"];
    const image = await publishLayers(registry, [{ entries: [file("app/run", "ours")] }]);
    const size = (await registry.getManifest(image.repository, image.digest))?.bytes.length;
    const mediaType = MEDIA_TYPES.manifest;
    const manifests = [
      { mediaType, digest: `sha256:${"0".repeat(64)}`, size: 1, platform: { os: "linux", architecture: others } },
      { mediaType, digest: image.digest, size, platform: { os: "linux", architecture: ours } },
    ];
    // A registry does not take an index of what it does not have.
    const both = await open({ registry: withIndex(registry, { manifests }) });
    const index = { ...image, digest: INDEX_DIGEST };
    await both.prepare(index, inTime());
    expect(await readFile(join(rootOf(index), "app/run"), "utf8")).toBe("ours");

    const foreign = await open({ registry: withIndex(registry, { manifests: manifests.slice(0, 1) }) });
    await foreign.keepOnly([]);
    await expect(foreign.prepare(index, inTime())).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(`it is for ${others}, and this machine's is ${ours}`),
    });
  });

  test("stays until nobody wants it, with the layers that others need", async () => {
    const base: TestLayer = { entries: [file("usr/bin/runtime")] };
    const [first, second] = [
      await publishLayers(registry, [base, { entries: [file("app/run", "first")] }]),
      await publishLayers(registry, [base, { entries: [file("app/run", "second")] }]),
    ];
    const instances = await open();
    for (const image of [first, second]) await instances.prepare(image, inTime());
    expect(await onDisk("layers")).toHaveLength(3);
    await instances.keepOnly([second.digest]);
    expect(await onDisk("images")).toEqual([second.digest.slice(7)]);
    expect(await onDisk("layers")).toHaveLength(2);
    await instances.prepare(first, inTime());
    expect(await readFile(join(rootOf(first), "app/run"), "utf8")).toBe("first");
  });
});

describe("an image that would do harm is refused:", () => {
  test.each([
    ["a file above it", [file("../escape")], "leads out of the image"],
    ["a file above it, by a detour", [file("app/../../escape")], "leads out of the image"],
    ["a file behind a link", [link("app", "/tmp"), file("app/escape")], 'is inside of "app", which is no folder'],
    ["a file behind a file", [file("app"), file("app/x")], 'is inside of "app", which is no folder'],
    ["a link that leads above it", [link("app/up", "../../../etc/passwd")], "out of the image"],
    ["another name for a file outside", [link("app/passwd", "/etc/passwd", "link")], "is no file of its layer"],
    ["another name for what a link leads to", [link("a", "b"), link("c", "a", "link")], "is no file of its layer"],
    ["a device", [other("dev/sda", "character-device")], "is a character-device: only files, folders and links"],
    ["a pipe", [other("app/pipe", "fifo")], "is a fifo"],
    ["a file that is there twice", [file("app/x"), file("app/./x")], "is there twice"],
    ["a folder in place of a link", [link("app", "/tmp"), other("app", "directory")], "is there twice"],
    ["a mark that hides what is above", [file("app/.wh...", "")], "hides nothing"],
    ["more than there is room for", [file("app/large", "x".repeat(70_000))], "unpacks to more than 65536 bytes"],
  ])("%s", async (_, entries, why) => {
    const image = await publishLayers(registry, [{ entries }]);
    const instances = await open({ maxLayerBytes: 65_536 });
    await expect(instances.prepare(image, inTime())).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(why),
    });
    expect(await onDisk("images")).toEqual([]);
    expect(await onDisk("layers")).toEqual([]);
    expect(await onDisk("unfinished")).toEqual([]);
  });
});

describe("an image that cannot be had", () => {
  test.each([
    [
      "is not in the registry",
      async () => ({ ...(await someImage()), digest: `sha256:${"1".repeat(64)}` }),
      "is not in the registry",
    ],
    [
      "says nothing to be started",
      () => publishLayers(registry, [], { config: {} }),
      "does not say what is to be started",
    ],
    [
      "is something else",
      () => publishManifest(registry, { mediaType: MEDIA_TYPES.manifest, schemaVersion: 2 } as never),
      "cannot be run",
    ],
    [
      "has layers of another kind",
      () => publishLayers(registry, [{ mediaType: "application/x-7z", entries: [] }]),
      'is of type "application/x-7z"',
    ],
    [
      "has no digest",
      async () => ({ ...(await someImage()), digest: "../../etc" }),
      'the image\'s digest "../../etc" is none',
    ],
  ])("%s", async (_, make, why) => {
    await expect((await open()).prepare(await make(), inTime())).rejects.toMatchObject({
      code: expect.stringMatching(/^(invalid|image_unavailable)$/),
      message: expect.stringContaining(why),
    });
  });

  test("is told as damaged, and leaves nothing behind; mended, it is fetched again", async () => {
    const image = await publishLayers(registry, [{ entries: [file("app/run", "whole")] }]);
    const manifest = await registry.getManifest("shop/layers", image.digest);
    const { layers } = JSON.parse(new TextDecoder().decode(manifest?.bytes)) as { layers: [{ digest: string }] };
    const blob = join(folder, "registry/shop/layers/blobs/sha256", layers[0].digest.slice(7));
    const whole = await readFile(blob);
    const damaged = new Uint8Array(whole);
    damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 1;
    await chmod(blob, 0o644);
    await writeFile(blob, damaged);
    const instances = await open();
    await expect(instances.prepare(image, inTime())).rejects.toMatchObject({ code: "image_unavailable" });
    expect([await onDisk("layers"), await onDisk("unfinished")]).toEqual([[], []]);
    await writeFile(blob, whole);
    await instances.prepare(image, inTime());
    expect(await readFile(join(rootOf(image), "app/run"), "utf8")).toBe("whole");
  });

  test("because the disk is full says so, leaves nothing half there, and smaller ones still can", async () => {
    const program = join(import.meta.dirname, "fixtures/fill-disk.ts");
    const command = ["unshare", "--user", "--map-root-user", "--mount", process.execPath, program, folder];
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    expect(JSON.parse(await new Response(child.stdout).text())).toEqual({
      error: { code: "quota", message: expect.stringContaining("the disk is full: make room") },
      layers: 0,
      unfinished: 0,
      afterwards: "small",
    });
  });
});

function someImage(): Promise<Image> {
  return publishLayers(registry, [{ entries: [file("app/run")] }]);
}
