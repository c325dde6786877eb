import { afterEach, describe, expect, test } from "vitest";
import { MEDIA_TYPES } from "../../../builder/oci.ts";
import { fixedCredentials } from "../../../builder/registry/credentials.ts";
import { type DistributionOptions, DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { blobOf, bytesOf, imageOf, jsonBytes, publish } from "./images.ts";
import { type Script, serveScript } from "./scripted-registry.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function serve(script: Script): ReturnType<typeof serveScript> {
  const server = serveScript(script);
  closing.push(() => server.close());
  return server;
}

function open(origin: string, options: Partial<DistributionOptions> = {}): DistributionRegistry {
  return new DistributionRegistry({ origin, retry: { attempts: 2, pauseMs: 1 }, ...options });
}

const image = imageOf("subject");
const sbom = imageOf("sbom", { subject: image.descriptor, artifactType: "application/vnd.example.sbom" });
const other = imageOf("other", { subject: image.descriptor, artifactType: "application/vnd.example.other" });
/** Where what is attached to the image is listed by registries without the referrers API. */
const TAG = `/v2/shop/adder/manifests/sha256-${image.descriptor.digest.slice(7)}`;

function listOf(...attached: readonly (typeof sbom)[]): Uint8Array {
  const manifests = attached.map(({ descriptor, manifest }) => {
    const { artifactType } = JSON.parse(new TextDecoder().decode(manifest.bytes)) as { artifactType: string };
    return { ...descriptor, artifactType };
  });
  return jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
}

function listAnswer(content: Uint8Array, headers: Record<string, string> = {}): Response {
  return new Response(new Uint8Array(content), { headers: { "content-type": MEDIA_TYPES.index, ...headers } });
}

const credentials = fixedCredentials({ kind: "basic", user: "ann", password: "s3cret" });

describe("blobs that are in a storage elsewhere", () => {
  test("are read from there, without the password of the registry", async () => {
    const blob = blobOf("elsewhere");
    const seen: (string | null)[] = [];
    const storage = serve(({ headers }) => {
      seen.push(headers.get("authorization"));
      return new Response(new Uint8Array(blob.bytes));
    });
    const registry = serve(({ headers }) =>
      headers.has("authorization")
        ? new Response(null, { status: 307, headers: { location: `${storage.url}/signed?signature=x` } })
        : new Response(null, { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }),
    );
    const stream = await open(registry.url, { credentials }).getBlob("shop/adder", blob.digest);
    expect(Buffer.compare(await bytesOf(stream), blob.bytes)).toBe(0);
    expect(seen).toEqual([null]);
  });

  test("are known to be there without asking the storage", async () => {
    const registry = serve(
      () => new Response(null, { status: 307, headers: { location: "https://storage.example.com" } }),
    );
    expect(await open(registry.url).hasBlob("shop/adder", blobOf("x").digest)).toBe(true);
  });

  test("are not looked for in circles", async () => {
    const registry = serve(({ path }) => new Response(null, { status: 307, headers: { location: `${path}x` } }));
    await expect(open(registry.url).getBlob("shop/adder", blobOf("x").digest)).rejects.toThrow(/round in circles/);
  });

  test("are not read where others can listen in", async () => {
    const location = "http://storage.example.com/signed";
    const registry = serve(() => new Response(null, { status: 307, headers: { location } }));
    await expect(open(registry.url).getBlob("shop/adder", blobOf("x").digest)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining('sends to "storage.example.com" without TLS'),
    });
  });
});

describe("a password", () => {
  test("is not sent to a token server that others can listen to", async () => {
    const realm = 'Bearer realm="http://tokens.example.com/",service="x"';
    const registry = serve(() => new Response(null, { status: 401, headers: { "www-authenticate": realm } }));
    await expect(open(registry.url, { credentials }).tags("shop/adder")).rejects.toThrow(
      /wants a token of "http:\/\/tokens\.example\.com\/", to which no password is sent/,
    );
  });

  test("is not sent where an upload leads to", async () => {
    const blob = blobOf("elsewhere");
    const seen: (string | null)[] = [];
    const storage = serve(({ headers }) => {
      seen.push(headers.get("authorization"));
      return new Response(null, { status: 201 });
    });
    const registry = serve(({ method, headers }) => {
      const challenge = { "www-authenticate": 'Basic realm="x"' };
      if (!headers.has("authorization")) return new Response(null, { status: 401, headers: challenge });
      const location = `${storage.url}/upload?signature=a%2Fb`;
      return method === "POST" ? new Response(null, { status: 202, headers: { location } }) : undefined;
    });
    await open(registry.url, { credentials }).putBlob("shop/adder", blob);
    expect(seen).toEqual([null]);
    expect(storage.requests).toEqual([`PUT /upload?signature=a%2Fb&digest=${blob.digest}`]);
  });
});

test("an upload goes on at the registry itself when that believes to be reached without TLS", async () => {
  // Behind a proxy: its own address with another scheme. Here the other way round, which is as wrong.
  const registry = serve(({ method, url }) =>
    method === "POST"
      ? new Response(null, { status: 202, headers: { location: `https://${url.host}/v2/upload` } })
      : method === "PUT"
        ? new Response(null, { status: 201 })
        : undefined,
  );
  expect(await open(registry.url).putBlob("shop/adder", blobOf("x"))).toMatchObject({ by: "upload" });
});

describe("the referrers API", () => {
  test("is read page by page, and filtered here when it is not there", async () => {
    const registry = serve(({ path }) => {
      if (!path.startsWith(`/v2/shop/adder/referrers/${image.descriptor.digest}`)) return undefined;
      if (path.includes("page=2")) return listAnswer(listOf(other));
      return listAnswer(listOf(sbom), { link: `<${path}?page=2>; rel="next"` });
    });
    const { digest } = image.descriptor;
    expect(await open(registry.url).referrers("shop/adder", digest)).toHaveLength(2);
    const artifactType = "application/vnd.example.other";
    expect(await open(registry.url).referrers("shop/adder", digest, { artifactType })).toMatchObject([
      { digest: other.descriptor.digest },
    ]);
  });

  test("leaves nothing else to be written, when the registry says that it knows the subject", async () => {
    const registry = serve(({ method }) =>
      method === "PUT"
        ? new Response(null, { status: 201, headers: { "oci-subject": image.descriptor.digest } })
        : undefined,
    );
    await open(registry.url).putManifest("shop/adder", sbom.manifest);
    expect(registry.requests).toEqual([`PUT /v2/shop/adder/manifests/${sbom.descriptor.digest}`]);
  });

  test("is stood in for by a tag that is written only over what was read, where the registry can tell", async () => {
    let content = listOf(other);
    let version = 1;
    const conditions: (string | null)[] = [];
    const registry = serve(({ method, path, headers, body }) => {
      if (method === "PUT" && path !== TAG) return new Response(null, { status: 201 });
      if (path !== TAG) return undefined;
      if (method === "GET") return listAnswer(content, { etag: `"${version}"` });
      conditions.push(headers.get("if-match"));
      // Somebody else was quicker, once.
      if (conditions.length === 1) version += 1;
      if (headers.get("if-match") !== `"${version}"`) return new Response(null, { status: 412 });
      content = body;
      return new Response(null, { status: 201 });
    });
    await open(registry.url).putManifest("shop/adder", sbom.manifest);
    expect(conditions).toEqual(['"1"', '"2"']);
    const found = await open(registry.url).referrers("shop/adder", image.descriptor.digest);
    expect(found.map(({ digest }) => digest)).toEqual([other.descriptor.digest, sbom.descriptor.digest]);
  });
});

test("what is attached is listed again when another, who did not know of it, writes over the list", async () => {
  let content = listOf(other);
  let writes = 0;
  const registry = serve(({ method, path, body }) => {
    if (path !== TAG) return method === "PUT" ? new Response(null, { status: 201 }) : undefined;
    if (method === "GET") return listAnswer(content);
    writes += 1;
    // The other has read the list before this write, and writes it now.
    content = writes === 1 ? listOf(other) : body;
    return new Response(null, { status: 201 });
  });
  await open(registry.url).putManifest("shop/adder", sbom.manifest);
  expect(writes).toBe(2);
  const found = await open(registry.url).referrers("shop/adder", image.descriptor.digest);
  expect(found.map(({ digest }) => digest)).toEqual([other.descriptor.digest, sbom.descriptor.digest]);
});

describe("a real registry", () => {
  const docker = useDockerRegistry();

  test("is published to with few requests: none is made twice", async () => {
    const proxy = await startFaultProxy(docker.server.url);
    closing.push(() => proxy.close());
    const registry = open(proxy.url);
    await publish(registry, "shop/few", image, { tag: "v1" });
    expect(proxy.requests.map((line) => line.split(" ")[0])).toEqual([
      "HEAD",
      "POST",
      "PUT",
      "HEAD",
      "POST",
      "PUT",
      "PUT",
    ]);
  });
});

test("tags are read page by page, without those that only list what is attached", async () => {
  const registry = serve(({ path }) => {
    if (!path.startsWith("/v2/shop/adder/tags/list")) return undefined;
    if (path.includes("last=")) return Response.json({ name: "shop/adder", tags: ["a", `sha256-${"0".repeat(64)}`] });
    const headers = { link: '</v2/shop/adder/tags/list?last=b>; rel="next"' };
    return Response.json({ name: "shop/adder", tags: ["c", "b"] }, { headers });
  });
  expect(await open(registry.url).tags("shop/adder")).toEqual(["a", "b", "c"]);
});

test("an answer without end is not read to its end", async () => {
  const registry = serve(() => new Response(new Uint8Array(5 * 2 ** 20)));
  await expect(open(registry.url).tags("shop/adder")).rejects.toThrow(/answers with more than 4194304 bytes/);
});
