import fc from "fast-check";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DistributionRegistry, type DistributionOptions } from "../../../builder/registry/distribution.ts";
import { RegistryError } from "../../../builder/registry/registry-error.ts";
import { digestOf } from "../../../builder/digest.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { startKeepingRegistry } from "./keeping-registry.ts";
import { blobOf, bytesOf, imageOf, inPieces, publish } from "./images.ts";

const docker = useDockerRegistry();
let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(docker.server.url);
});
afterEach(() => proxy.heal());
afterAll(() => proxy.close());

function open(options: Partial<DistributionOptions> = {}): DistributionRegistry {
  const retry = { attempts: 4, pauseMs: 5, maxPauseMs: 3000 };
  return new DistributionRegistry({ origin: proxy.url, idleMs: 5000, retry, ...options });
}

/** Uploads of which the registry has something, and was not told that no more comes. */
async function forgottenUploads(repository: string): Promise<readonly string[]> {
  const folder = join(docker.server.storage, "docker/registry/v2/repositories", repository, "_uploads");
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const uploads = files.filter((file) => file.endsWith("/data")).map((file) => file.replace("/data", ""));
  // When told so in the middle of a piece, this registry removes it only with its next cleaning.
  const told = proxy.requests.filter((line) => line.startsWith("DELETE "));
  return uploads.filter((upload) => !told.some((line) => line.includes(upload)));
}

/** Content goes out: of a whole blob, or of a piece. */
const UPLOAD = /^(PUT .*digest=|PATCH )/;

const TROUBLES: readonly (readonly [string, RegExp, Fault])[] = [
  ["the connection breaks in the middle of an upload", UPLOAD, { cutRequestAfter: 100_000 }],
  ["the answer to an upload is lost", UPLOAD, { loseAnswer: true }],
  ["an upload is damaged on its way", UPLOAD, { damageRequest: true }],
  ["an upload is refused at once by a busy registry", UPLOAD, { answer: { status: 503 }, early: true }],
  ["an upload is unknown in the end", UPLOAD, { answer: { status: 404 } }],
  ["the beginning of an upload fails", /^POST /, { answer: { status: 500 } }],
  ["the registry has too much to do", /^POST /, { answer: { status: 429, headers: { "retry-after": "0" } } }],
  ["the answer to the beginning is lost", /^POST /, { loseAnswer: true }],
  ["looking for a blob fails", /^HEAD /, { answer: { status: 502 } }],
  ["publishing fails", /^PUT .*manifests/, { answer: { status: 500 } }],
  ["the answer to publishing is lost", /^PUT .*manifests/, { loseAnswer: true }],
];

// When only the answer was lost, it was done.
const FAILURES = TROUBLES.filter(([, , fault]) => !("loseAnswer" in fault));

describe.each([
  ["sent whole", {}],
  ["sent in pieces", { chunkBytes: 150_000 }],
] as const)("an image whose blobs are %s", (kind, options) => {
  test.each(TROUBLES)("is published though %s", async (trouble, match, fault) => {
    const repository = nameFor("once", kind, trouble);
    const image = { ...imageOf(trouble), blobs: [blobOf(400_000), ...imageOf(trouble).blobs] };
    proxy.fail(match, fault);
    await publish(open(options), repository, image, { tag: "v1" });
    expect(await open().getManifest(repository, "v1")).toMatchObject({ digest: image.descriptor.digest });
    for (const { digest } of image.blobs) expect(await open().hasBlob(repository, digest)).toBe(true);
  });

  test.each(FAILURES)("is not seen at all when again and again %s, and is published later", async (...row) => {
    const [trouble, match, fault] = row;
    const repository = nameFor("always", kind, trouble);
    const image = { ...imageOf(trouble), blobs: [blobOf(400_000), ...imageOf(trouble).blobs] };
    proxy.fail(match, fault, 1000);
    await expect(publish(open(options), repository, image, { tag: "v1" })).rejects.toBeInstanceOf(RegistryError);
    proxy.heal();
    expect(await open().getManifest(repository, "v1")).toBeUndefined();
    expect(await forgottenUploads(repository)).toEqual([]);
    await publish(open(options), repository, image, { tag: "v1" });
    expect(await open().getManifest(repository, "v1")).toMatchObject({ digest: image.descriptor.digest });
  });
});

test("an upload in pieces goes on after a piece that was refused", async () => {
  const blob = blobOf(600_000);
  proxy.fail(/^PATCH /, { answer: { status: 503 } });
  const before = proxy.requests.length;
  const registry = open({ chunkBytes: 200_000 });
  expect(await registry.putBlob("shop/resumed", blob)).toEqual({ by: "upload", sent: 800_000 });
  const methods = proxy.requests.slice(before).map((line) => line.split(" ")[0]);
  expect(methods).toEqual(["HEAD", "POST", "PATCH", "GET", "PATCH", "PATCH", "PATCH", "PUT"]);
  expect(await bytesOf(await registry.getBlob("shop/resumed", blob.digest))).toHaveLength(blob.size);
});

test("an upload in pieces goes on in the middle of a piece, where the registry keeps what arrived", async () => {
  const blob = blobOf(600_000);
  const keeping = startKeepingRegistry({ cutAfter: 250_000 });
  try {
    const registry = open({ origin: keeping.url, chunkBytes: 200_000 });
    const { sent } = await registry.putBlob("shop/kept", blob);
    expect(Buffer.compare(keeping.content(), blob.bytes)).toBe(0);
    expect(keeping.requests()).toEqual(["POST", "PATCH", "PATCH", "GET", "PATCH", "PATCH", "PUT"]);
    expect(sent).toBeLessThan(800_000);
  } finally {
    await keeping.close();
  }
});

test("no piece is smaller than the registry takes", async () => {
  const blob = blobOf(600_000);
  const keeping = startKeepingRegistry({ cutAfter: Number.POSITIVE_INFINITY, minChunkBytes: 300_000 });
  try {
    await open({ origin: keeping.url, chunkBytes: 100_000 }).putBlob("shop/least", blob);
    expect(keeping.requests()).toEqual(["POST", "PATCH", "PATCH", "PUT"]);
    expect(Buffer.compare(keeping.content(), blob.bytes)).toBe(0);
  } finally {
    await keeping.close();
  }
});

test("an upload that is ended by its signal is ended at the registry as well", async () => {
  const blob = blobOf(500_000);
  const controller = new AbortController();
  const before = proxy.requests.length;
  const slow = inPieces(blob, {
    pause: async (offset) => {
      if (offset > 200_000) controller.abort(new Error("enough"));
    },
  });
  await expect(open().putBlob("shop/ended", slow, { signal: controller.signal })).rejects.toThrow("enough");
  expect(proxy.requests.slice(before).filter((line) => line.startsWith("DELETE "))).toHaveLength(1);
});

test("whatever goes wrong, an image is seen as a whole or not at all, and is published when all is well", async () => {
  const fault = fc.constantFrom<Fault>(
    { cutRequestAfter: 50_000 },
    { cutAnswerAfter: 1 },
    { loseAnswer: true },
    { damageRequest: true },
    { answer: { status: 503 }, early: true },
    { answer: { status: 500 } },
    { answer: { status: 429, headers: { "retry-after": "0" } } },
    { answer: { status: 404 } },
    { answer: { status: 403 } },
  );
  const method = fc.constantFrom(/^POST /, /^(PUT .*digest=|PATCH )/, /^HEAD /, /^PUT .*manifests/, /^GET /);
  const faults = fc.array(fc.record({ method, fault, times: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 4,
  });
  const chunkBytes = fc.constantFrom(50_000, 1_000_000);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(faults, chunkBytes, async (wanted, size) => {
      const repository = `property/run-${++count}`;
      const image = { ...imageOf(repository), blobs: [blobOf(120_000), ...imageOf(repository).blobs] };
      for (const each of wanted) proxy.fail(each.method, each.fault, each.times);
      const outcome = await publish(open({ chunkBytes: size }), repository, image, { tag: "v1" }).catch(
        () => undefined,
      );
      proxy.heal();
      const seen = await open().getManifest(repository, "v1");
      if (outcome !== undefined) expect(seen?.digest).toBe(image.descriptor.digest);
      if (seen !== undefined) {
        for (const { digest } of image.blobs) expect(await open().hasBlob(repository, digest)).toBe(true);
      }
      await publish(open({ chunkBytes: size }), repository, image, { tag: "v1" });
      expect(await open().getManifest(repository, "v1")).toMatchObject({ digest: image.descriptor.digest });
      for (const blob of image.blobs) {
        const back = await bytesOf(await open().getBlob(repository, blob.digest));
        expect(digestOf(back)).toBe(blob.digest);
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

test("a registry that asks for time gets it, once and for all requests", async () => {
  proxy.fail(/^HEAD /, { answer: { status: 429, headers: { "retry-after": "1" } } });
  const begin = performance.now();
  await open().putBlob("shop/patient", blobOf("patient"));
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
});

test("who asks for more time than there is hears how much it wanted", async () => {
  proxy.fail(/^HEAD /, { answer: { status: 429, headers: { "retry-after": "3600" } } });
  await expect(open().putBlob("shop/impatient", blobOf("impatient"))).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterSeconds: 3600,
  });
});

test("a download that breaks goes on where it broke", async () => {
  const blob = blobOf(2_000_000);
  await open().putBlob("shop/download", blob);
  proxy.fail(/^GET .*blobs/, { cutAnswerAfter: 700_000 });
  proxy.fail(/^GET .*blobs/, { cutAnswerAfter: 300_000 });
  const before = proxy.requests.length;
  const stream = await open().getBlob("shop/download", blob.digest, { size: blob.size });
  expect(Buffer.compare(await bytesOf(stream), blob.bytes)).toBe(0);
  expect(proxy.requests.slice(before)).toHaveLength(3);
});

test("a download that is not what its digest says is found out at its end", async () => {
  const blob = blobOf(100_000);
  await open().putBlob("shop/wrong", blob);
  proxy.fail(/^GET .*blobs/, { changeAnswer: ({ body }) => (body[0] = (body[0] ?? 0) ^ 1) });
  const stream = await open().getBlob("shop/wrong", blob.digest);
  await expect(bytesOf(stream)).rejects.toMatchObject({ code: "digest_mismatch" });
  expect(await bytesOf(await open().getBlob("shop/wrong", blob.digest))).toHaveLength(blob.size);
});

test("a length that is a lie is found out before anything is read", async () => {
  const blob = blobOf(1000);
  await open().putBlob("shop/lie", blob);
  proxy.fail(/^GET .*blobs/, {
    changeAnswer: (answer) => {
      answer.body = answer.body.slice(0, 900);
      answer.headers["content-length"] = "900";
    },
  });
  await expect(open().getBlob("shop/lie", blob.digest, { size: blob.size })).rejects.toMatchObject({
    code: "digest_mismatch",
  });
  expect(await bytesOf(await open().getBlob("shop/lie", blob.digest, { size: blob.size }))).toHaveLength(1000);
});

test("a manifest that is not what its digest says is refused, by tag and by digest", async () => {
  const image = imageOf("damaged");
  const { digest } = image.descriptor;
  await publish(open(), "shop/damaged", image, { tag: "v1" });
  for (const reference of ["v1", digest]) {
    proxy.fail(/^GET .*manifests/, { changeAnswer: (answer) => (answer.body[20] = 32) });
    await expect(open().getManifest("shop/damaged", reference)).rejects.toMatchObject({ code: "digest_mismatch" });
  }
  proxy.fail(/^GET .*manifests/, {
    changeAnswer: ({ headers }) => (headers["content-type"] = "application/vnd.oci.image.index.v1+json"),
  });
  await expect(open().getManifest("shop/damaged", digest)).rejects.toMatchObject({ code: "refused" });
});

test("a registry that falls silent is given up, and so is one that never takes the content", async () => {
  const registry = open({ idleMs: 100, retry: { attempts: 2, pauseMs: 1 } });
  proxy.fail(/^HEAD /, { stall: true }, 2);
  await expect(registry.hasBlob("shop/silent", blobOf("silent").digest)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("silent for 0.1 s"),
  });
  proxy.fail(/^PUT /, { stall: true }, 2);
  await expect(registry.putBlob("shop/silent", blobOf(200_000))).rejects.toMatchObject({ code: "unavailable" });
  proxy.heal();
  expect(await forgottenUploads("shop/silent")).toEqual([]);
});

test("waiting for a registry ends by the signal", async () => {
  proxy.fail(/^GET .*tags/, { stall: true });
  const controller = new AbortController();
  const waiting = open().tags("shop/adder", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");

  proxy.fail(/^GET .*tags/, { answer: { status: 429, headers: { "retry-after": "2" } } });
  const pausing = open().tags("shop/adder", { signal: AbortSignal.timeout(100) });
  await expect(pausing).rejects.toMatchObject({ name: "TimeoutError" });
});

test("a page of a proxy is told in short, without what a terminal would obey", async () => {
  proxy.fail(/^GET .*tags/, {
    answer: { status: 403, body: '{"errors":[{"code":"DENIED","message":"a\\u001b[2Jb"}]}' },
  });
  await expect(open().tags("shop/adder")).rejects.toMatchObject({
    code: "forbidden",
    message: `registry "${new URL(proxy.url).host}" does not do this: listing the tags of "shop/adder" (403 DENIED a [2Jb); give this user the right to do it`,
  });
  proxy.fail(/^GET .*tags/, { answer: { status: 400, body: "<html>".padEnd(100_000) } });
  await expect(open().tags("shop/adder")).rejects.toThrow(/\(400\); look into/);
});

test("a full registry is told as such", async () => {
  const body = JSON.stringify({ errors: [{ code: "UNKNOWN", message: "write /blobs: no space left on device" }] });
  proxy.fail(/^PUT /, { answer: { status: 500, body } });
  await expect(open().putBlob("shop/full", blobOf("full"))).rejects.toMatchObject({ code: "full" });
});

function nameFor(...parts: readonly string[]): string {
  return `faults/${parts
    .join(" ")
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "-")}`;
}
