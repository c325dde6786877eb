import { describe, expect, it } from "vitest";
import { functionConfig } from "../../worker-service/function-config.ts";

describe("the environment of a deployed function", () => {
  it("may be empty", () => {
    expect(functionConfig({})).toEqual({
      port: 8080,
      service: "function",
      version: "0.0.0",
      storedVersion: 0,
      bounds: { concurrency: 256, queue: 1024 },
      timeoutMs: 10_000,
      maxBodyBytes: 1_048_576,
      finishMs: 25_000,
      trustsClaims: false,
      metadata: { function_version: "0" },
      mesh: undefined,
      instance: undefined,
      share: 1,
      secretsFolder: undefined,
      logLevel: "info",
      isSupervised: false,
    });
  });

  it("says what Knative calls it", () => {
    const config = functionConfig({ PORT: "9000", K_SERVICE: "greet", K_REVISION: "greet-00002", FMESH_VERSION: "2" });
    expect(config).toMatchObject({
      port: 9000,
      service: "greet",
      version: "2.0.0",
      metadata: { function_version: "2", revision: "greet-00002" },
    });
    expect(functionConfig({ K_SERVICE: "greet-abc", FMESH_SERVICE: "greet" }).service).toBe("greet");
  });

  it("says which mesh it joins, and as what", () => {
    const mesh = { NATS_URL: "nats://localhost", FMESH_PROJECT: "shop", FMESH_SERVICE: "greet" };
    expect(functionConfig(mesh).mesh).toEqual({ brokerUrl: "nats://localhost", project: "shop" });
    expect(functionConfig({ ...mesh, NATS_URL: "" }).mesh).toBeUndefined();
    expect(() => functionConfig({ ...mesh, FMESH_PROJECT: undefined })).toThrow("set FMESH_PROJECT to its project");
    expect(() => functionConfig({ ...mesh, FMESH_SERVICE: undefined })).toThrow("set FMESH_SERVICE to its label");
  });

  it("says which instance it is, how much of the calls it begins with, and what it needs besides", () => {
    const mesh = { NATS_URL: "nats://localhost", FMESH_PROJECT: "shop", FMESH_SERVICE: "greet" };
    const instance = { FMESH_INSTANCE: "greet-1", FMESH_SHARE: "0", FMESH_HTTP: "0", FMESH_SECRETS: "/run/secrets" };
    expect(functionConfig({ ...mesh, ...instance, FMESH_VERSION: "3" })).toMatchObject({
      port: undefined,
      instance: "greet-1",
      share: 0,
      secretsFolder: "/run/secrets",
      storedVersion: 3,
    });
    const nowhere = "but not which; set NATS_URL to the broker's URL";
    expect(() => functionConfig({ FMESH_INSTANCE: "greet-1" })).toThrow(
      `FMESH_INSTANCE names it in a mesh, ${nowhere}`,
    );
    expect(() => functionConfig({ FMESH_HTTP: "0" })).toThrow(`FMESH_HTTP=0 leaves the mesh alone, ${nowhere}`);
  });

  it("is refused as a whole, by name", () => {
    const wrong = {
      FMESH_SHARE: "101",
      FMESH_INSTANCE: "a.b",
      FMESH_HTTP: "off",
      PORT: "http",
      FMESH_TIMEOUT_MS: "0",
      FMESH_CONCURRENCY: "1.5",
      FMESH_SERVICE: "a.b",
      FMESH_TRUST_CLAIMS: "yes",
    };
    const refused = (): unknown => functionConfig(wrong);
    for (const name of Object.keys(wrong)) expect(refused).toThrow(`${name}: `);
    expect(refused).toThrow("PORT: use a whole number from 0 to 65535");
  });
});
