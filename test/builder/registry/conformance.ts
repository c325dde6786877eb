import { expect, test } from "vitest";
import type { Blob, Registry } from "../../../builder/registry.ts";
import { digestOf } from "../../../builder/digest.ts";
import { blobOf, bytesOf, imageOf, indexOf, inPieces, publish } from "./images.ts";

/** What every adapter of the port has to do. Each test has a repository of its own. */
export function registryConformance({ registry }: { readonly registry: () => Registry }): void {
  let count = 0;
  const fresh = (): string => `shop/adder-${Date.now().toString(36)}-${++count}`;

  test("a blob that was put comes back byte for byte", async () => {
    const repository = fresh();
    const blob = blobOf(300_000);
    expect(await registry().hasBlob(repository, blob.digest)).toBe(false);
    expect(await registry().putBlob(repository, blob)).toEqual({ by: "upload", sent: blob.size });
    expect(await registry().hasBlob(repository, blob.digest)).toBe(true);
    const stream = await registry().getBlob(repository, blob.digest, { size: blob.size });
    expect(digestOf(await bytesOf(stream))).toBe(blob.digest);
  });

  test("a blob that is there is not sent again", async () => {
    const repository = fresh();
    const blob = blobOf("once");
    await registry().putBlob(repository, blob);
    expect(await registry().putBlob(repository, unreadable(blob))).toEqual({ by: "existing", sent: 0 });
  });

  test("a blob is read in pieces, and tells how far it went", async () => {
    const repository = fresh();
    const blob = blobOf(1_000_000);
    const progress: number[] = [];
    await registry().putBlob(repository, inPieces(blob), { onProgress: (sent) => progress.push(sent) });
    expect(progress.at(-1)).toBe(blob.size);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(4);
    const back = await bytesOf(await registry().getBlob(repository, blob.digest));
    expect(digestOf(back)).toBe(blob.digest);
  });

  test("an empty blob is a blob", async () => {
    const repository = fresh();
    const blob = blobOf("");
    await registry().putBlob(repository, blob);
    expect(await bytesOf(await registry().getBlob(repository, blob.digest, { size: 0 }))).toHaveLength(0);
  });

  test("a blob that another repository has is mounted instead of sent", async () => {
    const [base, repository] = [fresh(), fresh()];
    const image = imageOf("base");
    await publish(registry(), base, image);
    const [layer] = image.blobs as [Blob];
    expect(await registry().putBlob(repository, unreadable(layer), { from: base })).toEqual({ by: "mount", sent: 0 });
    expect(await bytesOf(await registry().getBlob(repository, layer.digest))).toHaveLength(layer.size);
  });

  test("a blob that the other repository has not after all is sent", async () => {
    const repository = fresh();
    const blob = blobOf("not there");
    expect(await registry().putBlob(repository, blob, { from: fresh() })).toEqual({ by: "upload", sent: blob.size });
    expect(await registry().hasBlob(repository, blob.digest)).toBe(true);
  });

  test("content that is not what its digest says is refused and leaves nothing, and trying again succeeds", async () => {
    const repository = fresh();
    const blob = blobOf("the right content");
    const wrong = { ...blob, open: () => blobOf("the wrong content").bytes };
    await expect(registry().putBlob(repository, wrong)).rejects.toMatchObject({ code: "digest_mismatch" });
    const short = { ...blob, open: () => blob.bytes.slice(1) };
    await expect(registry().putBlob(repository, short)).rejects.toMatchObject({ code: "digest_mismatch" });
    const long = { ...blob, open: () => blobOf("the right content and more").bytes };
    await expect(registry().putBlob(repository, long)).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(await registry().hasBlob(repository, blob.digest)).toBe(false);
    expect(await registry().putBlob(repository, blob)).toMatchObject({ by: "upload" });
  });

  test("content that cannot be read is told as such, and trying again succeeds", async () => {
    const repository = fresh();
    const blob = blobOf(200_000);
    const broken = inPieces(blob, {
      pause: async (offset) => {
        if (offset > 100_000) throw new Error("the disk is gone");
      },
    });
    await expect(registry().putBlob(repository, broken)).rejects.toThrow("the disk is gone");
    expect(await registry().hasBlob(repository, blob.digest)).toBe(false);
    expect(await registry().putBlob(repository, blob)).toMatchObject({ by: "upload" });
  });

  test("an upload ends by its signal and leaves nothing", async () => {
    const repository = fresh();
    const blob = blobOf(500_000);
    const controller = new AbortController();
    const slow = inPieces(blob, {
      pause: async (offset) => {
        if (offset > 200_000) controller.abort(new Error("enough"));
      },
    });
    await expect(registry().putBlob(repository, slow, { signal: controller.signal })).rejects.toThrow("enough");
    expect(await registry().hasBlob(repository, blob.digest)).toBe(false);
    expect(await registry().putBlob(repository, blob)).toMatchObject({ by: "upload" });
  });

  test("nothing is begun with a signal that is over", async () => {
    const signal = AbortSignal.abort(new Error("never"));
    const image = imageOf("never");
    const { digest } = image.descriptor;
    const calls = [
      registry().putBlob("shop/never", unreadable(blobOf("never")), { signal }),
      registry().getBlob("shop/never", digest, { signal }),
      registry().hasBlob("shop/never", digest, { signal }),
      registry().getManifest("shop/never", "v1", { signal }),
      registry().putManifest("shop/never", image.manifest, { signal }),
      registry().referrers("shop/never", digest, { signal }),
      registry().tags("shop/never", { signal }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "never" } });
    }
  });

  test("what is not there is told as such", async () => {
    const repository = fresh();
    const { digest } = blobOf("missing");
    await expect(registry().getBlob(repository, digest)).rejects.toMatchObject({ code: "not_found" });
    expect(await registry().getManifest(repository, "v1")).toBeUndefined();
    expect(await registry().getManifest(repository, digest)).toBeUndefined();
    expect(await registry().tags(repository)).toEqual([]);
    expect(await registry().referrers(repository, digest)).toEqual([]);
  });

  test("an image is found by its tag and by its digest, with the same bytes", async () => {
    const repository = fresh();
    const image = imageOf("found");
    expect(await publish(registry(), repository, image, { tag: "v1" })).toMatchObject(image.descriptor);
    for (const reference of ["v1", image.descriptor.digest]) {
      const found = await registry().getManifest(repository, reference);
      expect(found).toMatchObject({ digest: image.descriptor.digest, mediaType: image.manifest.mediaType });
      expect(digestOf(found?.bytes ?? new Uint8Array())).toBe(image.descriptor.digest);
    }
    expect(await registry().tags(repository)).toEqual(["v1"]);
  });

  test("publishing the same once more changes nothing", async () => {
    const repository = fresh();
    const image = imageOf("twice");
    await publish(registry(), repository, image, { tag: "v1" });
    expect(await publish(registry(), repository, image, { tag: "v1" })).toMatchObject(image.descriptor);
    await publish(registry(), repository, image, { tag: "v2" });
    expect(await registry().tags(repository)).toEqual(["v1", "v2"]);
  });

  test("a manifest whose blobs are not there is refused, and its tag is not seen", async () => {
    const repository = fresh();
    const image = imageOf("early");
    await expect(registry().putManifest(repository, image.manifest, { tag: "v1" })).rejects.toMatchObject({
      code: "refused",
    });
    expect(await registry().getManifest(repository, "v1")).toBeUndefined();
    await publish(registry(), repository, image, { tag: "v1" });
    expect(await registry().getManifest(repository, "v1")).toMatchObject({ digest: image.descriptor.digest });
  });

  test("an index holds the images of several architectures", async () => {
    const repository = fresh();
    const images = [imageOf("amd64"), imageOf("arm64")];
    for (const image of images) await publish(registry(), repository, image);
    const index = indexOf(images.map(({ descriptor }) => descriptor));
    await registry().putManifest(repository, index.manifest, { tag: "v1" });
    const { digest, mediaType } = index.descriptor;
    expect(await registry().getManifest(repository, "v1")).toMatchObject({ digest, mediaType });
    for (const { descriptor } of images) {
      expect(await registry().getManifest(repository, descriptor.digest)).toMatchObject({ digest: descriptor.digest });
    }
  });

  test("what is attached to an image is found by it, once each", async () => {
    const repository = fresh();
    const image = imageOf("subject");
    await publish(registry(), repository, image, { tag: "v1" });
    const { digest } = image.descriptor;
    const sbom = imageOf("sbom", { subject: image.descriptor, artifactType: "application/vnd.example.sbom" });
    const signature = imageOf("signature", { subject: image.descriptor, artifactType: "application/vnd.example.sig" });
    await publish(registry(), repository, sbom);
    await publish(registry(), repository, signature);
    await publish(registry(), repository, sbom);
    const all = await registry().referrers(repository, digest);
    expect(all.map((entry) => entry.digest).toSorted()).toEqual(
      [sbom.descriptor.digest, signature.descriptor.digest].toSorted(),
    );
    const artifactType = "application/vnd.example.sbom";
    const sboms = await registry().referrers(repository, digest, { artifactType });
    expect(sboms).toMatchObject([{ ...sbom.descriptor, artifactType, annotations: { text: "sbom" } }]);
    expect(await registry().tags(repository)).toEqual(["v1"]);
  });

  test("things that are attached at the same time are all found", async () => {
    const repository = fresh();
    const image = imageOf("busy");
    const shared = registry();
    await publish(shared, repository, image, { tag: "v1" });
    const attached = Array.from({ length: 6 }, (_, i) => imageOf(`attached ${i}`, { subject: image.descriptor }));
    await Promise.all(attached.map((each) => publish(shared, repository, each)));
    const found = await shared.referrers(repository, image.descriptor.digest);
    expect(found.map(({ digest }) => digest).toSorted()).toEqual(
      attached.map(({ descriptor }) => descriptor.digest).toSorted(),
    );
  });

  test("names that no registry takes are refused before anything is sent", async () => {
    const image = imageOf("names");
    for (const repository of [
      "../up",
      "Shop/adder",
      "shop//adder",
      "/shop",
      "shop/",
      "",
      "a".repeat(256),
      "shop/a?b",
    ]) {
      await expect(registry().hasBlob(repository, image.descriptor.digest)).rejects.toMatchObject({ code: "refused" });
    }
    for (const tag of ["", "-v1", "../v1", "a b", "x".repeat(129)]) {
      await expect(registry().putManifest("shop/names", image.manifest, { tag })).rejects.toMatchObject({
        code: "refused",
      });
    }
  });

  test("a manifest is named by its digest for a cluster", () => {
    const { digest } = blobOf("reference");
    expect(registry().reference("shop/adder", digest)).toBe(`${registry().name}/shop/adder@${digest}`);
  });
}

function unreadable({ digest, size }: Blob): Blob {
  return {
    digest,
    size,
    open: () => {
      throw new Error("nobody should read this");
    },
  };
}
