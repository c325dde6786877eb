import fc from "fast-check";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../../builder/build.ts";
import { assembleImage, type AssembleOptions } from "../../../builder/image/assemble.ts";
import type { Content } from "../../../builder/image/config.ts";
import { digestOf } from "../../../builder/digest.ts";
import { ImageError } from "../../../builder/image/image-error.ts";
import { AMD64_BASE, SAMPLE_BASE, sampleBundle } from "./samples.ts";

const HANDLER = "export default () => 1;\n";
const OPTIONS: AssembleOptions = { bundle: sampleBundle(HANDLER), base: AMD64_BASE, about: { title: "adder" } };

describe("the same definition", () => {
  test("gives the same image in another process, in another folder, with other habits", async () => {
    const script = join(import.meta.dirname, "fixtures/assemble.ts");
    const { digest } = assembleImage(OPTIONS).descriptor;
    const places = [
      { cwd: "/", umask: "077", env: { TZ: "Pacific/Auckland", LANG: "tr_TR.UTF-8", HOME: "/" } },
      { cwd: tmpdir(), umask: "000", env: { TZ: "America/New_York", LC_ALL: "C", SOURCE_DATE_EPOCH: "1" } },
    ];
    const digests = await Promise.all(
      places.map(async ({ cwd, umask, env }) => {
        const command = ["sh", "-c", `umask ${umask} && exec "$@"`, "sh", process.execPath, script];
        return new Response(Bun.spawn(command, { cwd, env, stdout: "pipe" }).stdout).text();
      }),
    );
    expect(digests).toEqual([digest, digest]);
  });

  // Whoever changes these changes the digests of everybody's images: every function will be pushed anew.
  test("gives the image that it has always given", () => {
    const { layers, descriptor } = assembleImage(OPTIONS);
    expect(layers.map(({ diffId }) => diffId)).toEqual([
      "sha256:5da2c0157faf909be2a1c1e6753a7fdb838e24a31a01fc67960e030076caef0e",
      "sha256:532404e122cede1cfcd356b5f6ca9a801112fbe744c3ffe365c48831d5ae9fde",
    ]);
    // These depend on how Bun compresses, too.
    expect(layers.map(({ descriptor: { digest } }) => digest)).toEqual([
      "sha256:0a2a9ddf591f8f85c558fac3f47cca049eabe776752918b5ab9f5fea26f71cbc",
      "sha256:b8aa5e1def9a5e3356c3267fb96a78d9bda3c49134ea5b41925ac4b1d885d729",
    ]);
    expect(descriptor.digest).toBe("sha256:a0d3999b9043adadf6a5853d55006284c72d99545b226f27ca31c453acc09fe7");
  });

  test("gives the same image in whatever order its files, labels and architectures come", () => {
    const files = Array.from({ length: 8 }, (_, index) => ({
      path: `lib/${index}.js`,
      bytes: new Uint8Array([index]),
    }));
    const labels = Object.entries({ a: "1", b: "2", c: "3" });
    const architectures = ["amd64", "arm64"] as const;
    const imageOf = (
      files: Bundle["files"],
      labels: [string, string][],
      architectures: readonly ("amd64" | "arm64")[],
    ) =>
      assembleImage({
        ...OPTIONS,
        base: SAMPLE_BASE,
        bundle: { ...OPTIONS.bundle, files },
        labels: Object.fromEntries(labels),
        env: Object.fromEntries(labels),
        architectures,
      }).descriptor.digest;
    const all = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: values.length });
    fc.assert(
      fc.property(all(files), all(labels), all(architectures), (someFiles, someLabels, someArchitectures) => {
        expect(imageOf(someFiles, someLabels, someArchitectures)).toBe(imageOf(files, labels, architectures));
      }),
      { numRuns: 30 },
    );
  });
});

describe("a configuration", () => {
  test("starts the function as nobody, in its folder", () => {
    const { config } = configOf({ ...OPTIONS, about: { title: "adder", version: "3" }, labels: { team: "shop" } });
    expect(config).toEqual({
      User: "65532:65532",
      ExposedPorts: { "8080/tcp": {} },
      Env: AMD64_BASE.images.amd64?.env,
      Entrypoint: ["bun", "/app/entry.js"],
      WorkingDir: "/app",
      Labels: {
        "org.opencontainers.image.created": "1970-01-01T00:00:00Z",
        "org.opencontainers.image.title": "adder",
        "org.opencontainers.image.version": "3",
        team: "shop",
      },
      StopSignal: "SIGTERM",
    });
  });

  test("names the layers' content, the base's first, and tells what each is for", () => {
    const image = assembleImage(OPTIONS);
    const { rootfs, history, ...rest } = configOf(OPTIONS);
    const own = image.layers.map(({ bytes }) => digestOf(gunzipSync(bytes)));
    expect(rootfs).toEqual({ type: "layers", diff_ids: [...(AMD64_BASE.images.amd64?.diffIds ?? []), ...own] });
    expect(history.map(({ created_by }) => created_by)).toEqual([
      `base ${AMD64_BASE.images.amd64?.manifest.digest}`,
      `base ${AMD64_BASE.images.amd64?.manifest.digest}`,
      "functions-mesh: what starts the function",
      "functions-mesh: the function",
    ]);
    expect(rest).toMatchObject({ architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z" });
  });

  test("takes variables over the base's", () => {
    const { config } = configOf({ ...OPTIONS, env: { PATH: "/bin", FMESH_VERSION: "3" } });
    expect(config["Env"]).toEqual(["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "FMESH_VERSION=3", "PATH=/bin"]);
  });

  test("has the time that SOURCE_DATE_EPOCH says, and no other", () => {
    const { created } = configOf({ ...OPTIONS, createdAt: 1_700_000_000 });
    expect(created).toBe("2023-11-14T22:13:20Z");
    for (const createdAt of [-1, 0.5, Number.NaN, 8 ** 11]) {
      expect(() => assembleImage({ ...OPTIONS, createdAt })).toThrow("SOURCE_DATE_EPOCH");
    }
  });
});

describe("a manifest", () => {
  test("says what it is and what it stands on, in the words of the specification", () => {
    const about = {
      title: "adder",
      version: "3",
      description: "adds",
      source: "https://example.com/a.git",
      revision: "f00",
    };
    const [platform] = assembleImage({ ...OPTIONS, about }).platforms;
    const manifest = json(platform?.manifest);
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: platform?.config.descriptor.digest },
      annotations: {
        "org.opencontainers.image.base.digest": AMD64_BASE.images.amd64?.manifest.digest,
        "org.opencontainers.image.base.name": "base/bun",
        "org.opencontainers.image.created": "1970-01-01T00:00:00Z",
        "org.opencontainers.image.description": "adds",
        "org.opencontainers.image.revision": "f00",
        "org.opencontainers.image.source": "https://example.com/a.git",
        "org.opencontainers.image.title": "adder",
        "org.opencontainers.image.version": "3",
      },
    });
    expect(manifest.layers).toHaveLength(4);
  });

  test("is what is published when there is one architecture", () => {
    const image = assembleImage(OPTIONS);
    expect(image.index).toBeUndefined();
    expect(image.descriptor).toEqual(image.platforms[0]?.manifest.descriptor);
  });
});

describe("with several architectures", () => {
  test("an index names a manifest for each, which share the function's layers", () => {
    const image = assembleImage({ ...OPTIONS, base: SAMPLE_BASE });
    const [amd64, arm64] = image.platforms.map(({ manifest }) => manifest);
    expect(json(image.index)).toMatchObject({
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [
        { ...amd64?.descriptor, platform: { architecture: "amd64", os: "linux" } },
        { ...arm64?.descriptor, platform: { architecture: "arm64", os: "linux" } },
      ],
    });
    expect(image.descriptor).toEqual(image.index?.descriptor);
    expect(json(amd64).layers.slice(2)).toEqual(json(arm64).layers.slice(2));
    expect(json(amd64).layers[1]).not.toEqual(json(arm64).layers[1]);
  });

  test("one that the base lacks is refused, telling which there are", () => {
    const assemble = () => assembleImage({ ...OPTIONS, architectures: ["arm64"] });
    expect(assemble).toThrow(ImageError);
    expect(assemble).toThrow('the base "base/bun" has no image for arm64 (it has: amd64)');
  });

  test("none at all is refused", () => {
    expect(() => assembleImage({ ...OPTIONS, architectures: [] })).toThrow("an image needs an architecture");
  });
});

describe("layers", () => {
  const entry = { path: "entry.js", layer: "entry", bytes: crypto.getRandomValues(new Uint8Array(60_000)) } as const;
  const packages = { path: "node_modules/a/a.js", layer: "dependencies", bytes: new Uint8Array(3_000_000) } as const;
  const withHandler = (text: string) => {
    const handler = { path: "function.js", bytes: new TextEncoder().encode(text) };
    return assembleImage({ ...OPTIONS, bundle: { ...OPTIONS.bundle, files: [handler, packages, entry] } });
  };

  test("a change of the handler leaves all others as they are", () => {
    const [before, after] = [withHandler("1"), withHandler("2")].map(({ layers }) =>
      layers.map(({ descriptor }) => descriptor),
    );
    expect(before).toHaveLength(3);
    expect(after?.slice(0, 2)).toEqual(before?.slice(0, 2));
    expect(after?.[2]).not.toEqual(before?.[2]);
    expect(after?.[2]?.size).toBeLessThan(300_000);
  });

  test("what the function could change belongs to root, unless it is said otherwise", () => {
    const owners = (owner: "root" | "function") =>
      assembleImage({ ...OPTIONS, owner }).layers.map(({ bytes }) =>
        new TextDecoder().decode(gunzipSync(bytes).subarray(108, 115)),
      );
    expect(owners("root")).toEqual(["0000000", "0000000"]);
    expect(owners("function")).toEqual(["0177774", "0177774"]);
  });

  test("a hostile path in a bundle is refused", () => {
    const files = [{ path: "../../etc/passwd", bytes: new Uint8Array() }];
    expect(() => assembleImage({ ...OPTIONS, bundle: { ...OPTIONS.bundle, files } })).toThrow(ImageError);
  });
});

interface SomeJson {
  readonly config: Readonly<Record<string, unknown>>;
  readonly created: string;
  readonly layers: readonly unknown[];
  readonly rootfs: unknown;
  readonly history: readonly { readonly created_by: string }[];
}

function configOf(options: AssembleOptions): SomeJson {
  return json(assembleImage(options).platforms[0]?.config);
}

function json(content: Content | undefined): SomeJson {
  return JSON.parse(new TextDecoder().decode(content?.bytes)) as SomeJson;
}
