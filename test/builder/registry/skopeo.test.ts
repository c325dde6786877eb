import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Registry } from "../../../builder/registry.ts";
import { fixedCredentials } from "../../../builder/registry/credentials.ts";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { skopeo } from "../../support/skopeo.ts";
import { blobOf, bytesOf, imageOf, publish } from "./images.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-skopeo-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a layout", () => {
  const open = (): Registry => new LayoutRegistry({ folder: join(folder, "layout") });
  interoperability(open, (repository, tag) => [`oci:${join(folder, "layout", repository)}:${tag}`]);
});

describe("a registry with TLS, a user and a password", () => {
  const docker = useDockerRegistry({ tls: true, auth: "htpasswd" });
  const open = (): Registry => {
    const { url, user, password, certificates } = docker.server;
    const credentials = fixedCredentials({ kind: "basic", user, password });
    return new DistributionRegistry({ origin: url, prefix: "team", ca: certificates?.ca ?? "", credentials });
  };
  interoperability(open, (repository, tag) => {
    const { host, user, password, certificates } = docker.server;
    const flags = [`--cert-dir=${certificates?.caFolder ?? ""}`, `--creds=${user}:${password}`];
    return [`docker://${host}/team/${repository}:${tag}`, ...flags];
  });
});

/** @param address what skopeo is told: a name, and flags for `inspect`. */
function interoperability(
  open: () => Registry,
  address: (repository: string, tag: string) => readonly [string, ...string[]],
): void {
  test("skopeo reads what was published", async () => {
    const image = imageOf("read by others");
    await publish(open(), "shop/adder", image, { tag: "v1" });
    await publish(open(), "shop/adder", imageOf("another"), { tag: "v2" });
    const [name, ...flags] = address("shop/adder", "v1");
    const found: unknown = JSON.parse(await skopeo("inspect", ...flags, name));
    expect(found).toMatchObject({
      Digest: image.descriptor.digest,
      Architecture: "amd64",
      Labels: { text: "read by others" },
      Layers: [image.blobs[0]?.digest],
    });
  });

  test("what skopeo copies here is read back, the same to the byte", async () => {
    const image = imageOf("written by others");
    const source = new LayoutRegistry({ folder: join(folder, "source") });
    await publish(source, "adder", image, { tag: "v1" });
    const [name, ...flags] = address("shop/copied", "v1");
    const destination = flags.map((flag) => flag.replace(/^--/, "--dest-"));
    await skopeo("copy", ...destination, `oci:${join(folder, "source/adder")}:v1`, name);
    const found = await open().getManifest("shop/copied", "v1");
    expect(found).toEqual({ ...image.manifest, digest: image.descriptor.digest });
    for (const { digest, size } of image.blobs) {
      expect(await bytesOf(await open().getBlob("shop/copied", digest))).toHaveLength(size);
    }
    expect(await open().tags("shop/copied")).toEqual(["v1"]);
    // And it goes on from there.
    await open().putBlob("shop/copied", blobOf("more"));
    await publish(open(), "shop/copied", imageOf("more"), { tag: "v2" });
    expect(await open().tags("shop/copied")).toEqual(["v1", "v2"]);
  });
}
