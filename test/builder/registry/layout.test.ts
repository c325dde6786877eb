import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Blob } from "../../../builder/registry.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { registryConformance } from "./conformance.ts";
import { blobOf, bytesOf, imageOf, publish } from "./images.ts";

let folder: string;
let registry: LayoutRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-layout-"));
  registry = new LayoutRegistry({ folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a folder does what every registry does", () => {
  registryConformance({ registry: () => registry });
});

const PROGRAM = join(import.meta.dirname, "fixtures/publish-to-layout.ts");

function publishElsewhere(...args: string[]) {
  return Bun.spawn([process.execPath, PROGRAM, ...args], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
}

test("several processes that publish at once lose nothing of each other", async () => {
  const children = ["a", "b", "c"].map((name) => publishElsewhere(folder, "shop/crowd", name, "15"));
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0]);
  const tags = await registry.tags("shop/crowd");
  expect(tags).toHaveLength(45);
  for (const tag of tags) expect(await registry.getManifest("shop/crowd", tag)).toBeDefined();
});

test("a process that is killed while it publishes leaves no half of anything, and no lock", async () => {
  const child = publishElsewhere(folder, "shop/killed", "a", "10000");
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await child.exited;
  const before = await registry.tags("shop/killed");
  await publish(registry, "shop/killed", imageOf("after"), { tag: "after" });
  const tags = await registry.tags("shop/killed");
  expect(tags).toEqual([...before, "after"].toSorted());
  for (const tag of tags) expect(await registry.getManifest("shop/killed", tag)).toBeDefined();
});

test("what a killed process left unfinished is removed a day later", async () => {
  await publish(registry, "shop/swept", imageOf("first"), { tag: "v1" });
  const unfinished = join(folder, "shop/swept/.unfinished");
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await writeFile(join(unfinished, "old"), "half");
  await utimes(join(unfinished, "old"), longAgo, longAgo);
  await writeFile(join(unfinished, "new"), "half");
  await publish(new LayoutRegistry({ folder }), "shop/swept", imageOf("second"), { tag: "v2" });
  expect(await readdir(unfinished)).toEqual(["new"]);
});

test("a tag that moves leaves what it named to be found by its digest", async () => {
  const [first, second] = [imageOf("one"), imageOf("two")];
  await publish(registry, "shop/moving", first, { tag: "latest" });
  await publish(registry, "shop/moving", second, { tag: "latest" });
  expect(await registry.getManifest("shop/moving", "latest")).toMatchObject({ digest: second.descriptor.digest });
  expect(await registry.getManifest("shop/moving", first.descriptor.digest)).toBeDefined();
  const index: unknown = JSON.parse(await readFile(join(folder, "shop/moving/index.json"), "utf8"));
  expect(index).toMatchObject({ manifests: [first.descriptor, second.descriptor] });
});

test("a blob is not a manifest, though both are in one folder", async () => {
  const image = imageOf("blob");
  await publish(registry, "shop/kinds", image);
  for (const { digest } of image.blobs) expect(await registry.getManifest("shop/kinds", digest)).toBeUndefined();
});

test("a file that was damaged is found out when it is read, and publishing again mends it", async () => {
  const image = imageOf("damaged");
  await publish(registry, "shop/damaged", image, { tag: "v1" });
  const [layer] = image.blobs as [Blob];
  const file = join(folder, "shop/damaged/blobs/sha256", layer.digest.slice(7));
  await writeFile(file, "short");
  const stream = await registry.getBlob("shop/damaged", layer.digest);
  await expect(bytesOf(stream)).rejects.toMatchObject({ code: "digest_mismatch" });
  expect(await registry.putBlob("shop/damaged", layer)).toMatchObject({ by: "upload" });
  expect(await bytesOf(await registry.getBlob("shop/damaged", layer.digest))).toHaveLength(layer.size);

  await writeFile(join(folder, "shop/damaged/blobs/sha256", image.descriptor.digest.slice(7)), "{}");
  await expect(registry.getManifest("shop/damaged", "v1")).rejects.toMatchObject({ code: "digest_mismatch" });
});

test("reading that ends early or by its signal closes the file", async () => {
  const blob = blobOf(3_000_000);
  await registry.putBlob("shop/early", blob);
  const before = (await readdir("/proc/self/fd")).length;
  const reader = (await registry.getBlob("shop/early", blob.digest)).getReader();
  await reader.read();
  await reader.cancel();
  const controller = new AbortController();
  const other = (await registry.getBlob("shop/early", blob.digest, { signal: controller.signal })).getReader();
  await other.read();
  controller.abort(new Error("enough"));
  await expect(readAll(other)).rejects.toThrow("enough");
  expect((await readdir("/proc/self/fd")).length).toBe(before);
});

test("an index that somebody else broke is not overwritten", async () => {
  await publish(registry, "shop/foreign", imageOf("first"), { tag: "v1" });
  await writeFile(join(folder, "shop/foreign/index.json"), '{"manifests":"none"}');
  await expect(publish(registry, "shop/foreign", imageOf("second"), { tag: "v2" })).rejects.toThrow(
    /is not the index of an OCI layout/,
  );
  expect(await readFile(join(folder, "shop/foreign/index.json"), "utf8")).toBe('{"manifests":"none"}');
});

test("a repository may be inside another, but not where a layout has its own files", async () => {
  await publish(registry, "shop", imageOf("outer"), { tag: "v1" });
  await publish(registry, "shop/inner", imageOf("inner"), { tag: "v1" });
  expect(await registry.tags("shop")).toEqual(["v1"]);
  for (const repository of ["shop/blobs/sha256", "shop/index.json", "oci-layout"]) {
    await expect(registry.tags(repository)).rejects.toThrow(/which needs/);
  }
});

test("a full disk is told as such, leaves nothing half there, and what was there stays", async () => {
  const program = join(import.meta.dirname, "fixtures/fill-disk.ts");
  const command = ["unshare", "--user", "--map-root-user", "--mount", process.execPath, program, join(folder, "full")];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  expect(JSON.parse(await new Response(child.stdout).text())).toMatchObject({
    error: {
      code: "full",
      message: expect.stringMatching(/^repository "shop\/full" in ".*" .*make room and try again$/),
    },
    isThere: false,
    unfinished: [],
    kept: true,
    afterwards: true,
  });
});

test("a folder that nobody may write to is told as such", async () => {
  const forbidden = new LayoutRegistry({ folder: "/proc/fmesh" });
  await expect(publish(forbidden, "shop/adder", imageOf("x"))).rejects.toThrow(
    /choose another folder|look after the disk/,
  );
});

async function readAll(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}
