import { describe, expect, test } from "vitest";
import { fixedCredentials } from "../../../builder/registry/credentials.ts";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { registryConformance } from "./conformance.ts";
import { blobOf, imageOf, publish } from "./images.ts";

describe("a plain registry", () => {
  const docker = useDockerRegistry();
  registryConformance({ registry: () => new DistributionRegistry({ origin: docker.server.url }) });
});

describe("a registry that gets blobs in pieces, below a prefix", () => {
  const docker = useDockerRegistry();
  registryConformance({
    registry: () =>
      new DistributionRegistry({ origin: docker.server.url, prefix: "team/functions", chunkBytes: 64 * 1024 }),
  });
});

describe("a registry with TLS, a user and a password", () => {
  const docker = useDockerRegistry({ tls: true, auth: "htpasswd" });
  const ca = (): string => docker.server.certificates?.ca ?? "";
  const credentials = () => {
    const { user, password } = docker.server;
    return fixedCredentials({ kind: "basic", user, password });
  };
  registryConformance({
    registry: () => new DistributionRegistry({ origin: docker.server.url, ca: ca(), credentials: credentials() }),
  });

  const { digest } = blobOf("anything");

  test("who is nobody is told how to log in", async () => {
    const registry = new DistributionRegistry({ origin: docker.server.url, ca: ca() });
    await expect(registry.hasBlob("shop/adder", digest)).rejects.toMatchObject({
      code: "unauthenticated",
      message: `registry "${docker.server.host}" wants a user and a password; log in, as with "docker login ${docker.server.host}"`,
    });
  });

  test("a wrong password is told without the password", async () => {
    const wrong = fixedCredentials({ kind: "basic", user: docker.server.user, password: "s3cret-and-wrong" });
    const registry = new DistributionRegistry({ origin: docker.server.url, ca: ca(), credentials: wrong });
    const error: unknown = await registry.hasBlob("shop/adder", digest).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(Bun.inspect(error)).not.toContain("s3cret-and-wrong");
    expect(Bun.inspect(error)).not.toContain(btoa(`${docker.server.user}:s3cret-and-wrong`));
  });

  test("a certificate of an authority that nobody gave is not trusted", async () => {
    const registry = new DistributionRegistry({ origin: docker.server.url, credentials: credentials() });
    await expect(registry.tags("shop/adder")).rejects.toMatchObject({
      code: "untrusted",
      message: expect.stringContaining("give the certificate of its authority"),
    });
  });
});

describe("a registry with tokens", () => {
  const docker = useDockerRegistry({ auth: "token" });
  const open = () => {
    const { url, user, password } = docker.server;
    return new DistributionRegistry({ origin: url, credentials: fixedCredentials({ kind: "basic", user, password }) });
  };
  const tokens = () => {
    if (docker.server.tokens === undefined) throw new Error("this registry has a token server");
    return docker.server.tokens;
  };
  registryConformance({ registry: open });

  test("one token serves until it is too old", async () => {
    const registry = open();
    const before = tokens().requests.length;
    await Promise.all(["a", "b", "c"].map((text) => registry.putBlob("shop/once", blobOf(text))));
    await publish(registry, "shop/once", imageOf("once"), { tag: "v1" });
    const scopes = tokens()
      .requests.slice(before)
      .map((request) => request.scopes);
    expect(scopes).toEqual([["repository:shop/once:pull,push"]]);
  });

  test("a token that is over is replaced", async () => {
    const registry = open();
    tokens().lifetimeSeconds = 0;
    try {
      await registry.putBlob("shop/short", blobOf("a"));
      const before = tokens().requests.length;
      await registry.putBlob("shop/short", blobOf("b"));
      expect(tokens().requests.length).toBeGreaterThan(before);
    } finally {
      tokens().lifetimeSeconds = 300;
    }
  });

  test("mounting asks for the right to read there as well, and without it the blob is uploaded", async () => {
    const registry = open();
    const image = imageOf("base");
    await publish(registry, "shop/base", image, { tag: "v1" });
    const [layer] = image.blobs;
    if (layer === undefined) throw new Error("an image has a layer");
    const before = tokens().requests.length;
    expect(await registry.putBlob("shop/mounted", layer, { from: "shop/base" })).toMatchObject({ by: "mount" });
    const asked = tokens().requests.slice(before);
    expect(asked.at(-1)?.scopes).toEqual(["repository:shop/base:pull", "repository:shop/mounted:pull,push"]);
    tokens().hidden = "shop/base";
    try {
      expect(await open().putBlob("shop/copied", layer, { from: "shop/base" })).toMatchObject({ by: "upload" });
    } finally {
      tokens().hidden = undefined;
    }
  });

  test("who may read but not write is told so", async () => {
    const registry = open();
    tokens().actions = ["pull"];
    try {
      await expect(registry.putBlob("shop/readonly", blobOf("a"))).rejects.toMatchObject({ code: "forbidden" });
    } finally {
      tokens().actions = undefined;
    }
    expect(await registry.putBlob("shop/readonly", blobOf("a"))).toMatchObject({ by: "upload" });
  });

  test("a refresh token, as a log-in keeps it, is as good as a password", async () => {
    const credentials = fixedCredentials({ kind: "identity", token: docker.server.identityToken });
    const registry = new DistributionRegistry({ origin: docker.server.url, credentials });
    const before = tokens().requests.length;
    await publish(registry, "shop/identity", imageOf("identity"), { tag: "v1" });
    expect(tokens().requests[before]).toMatchObject({ method: "POST" });
  });
});

describe("an address", () => {
  test.each([
    "http://registry.example.com",
    "https://user:password@registry.example.com",
    "https://registry.example.com/prefix",
    "ftp://127.0.0.1",
    "registry.example.com",
  ])("%s is not taken", (origin) => {
    expect(() => new DistributionRegistry({ origin })).toThrow(TypeError);
  });

  test("plain HTTP is for this machine, or for whoever says so", () => {
    expect(new DistributionRegistry({ origin: "http://127.0.0.1:5000" }).name).toBe("127.0.0.1:5000");
    expect(new DistributionRegistry({ origin: "http://localhost" }).name).toBe("localhost");
    const origin = "http://registry.internal:5000";
    expect(new DistributionRegistry({ origin, allowsPlainHttp: true }).name).toBe("registry.internal:5000");
  });

  test("where nobody listens is told after a few attempts", async () => {
    const registry = new DistributionRegistry({ origin: "http://127.0.0.1:1", retry: { attempts: 2, pauseMs: 1 } });
    await expect(registry.tags("shop/adder")).rejects.toMatchObject({
      code: "unavailable",
      message: 'nobody listens at "127.0.0.1:1"; start the registry, or correct its address',
    });
  });
});
