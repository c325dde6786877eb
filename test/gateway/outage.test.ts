import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, callNative } from "./calling.ts";
import { probe } from "./probe.ts";

describe.each(brokersUnderTest())("while the broker is away, broker: %s", (kind) => {
  let mesh: TestMesh;
  beforeEach(async () => {
    mesh = await startTestMesh({ kind, config: shopConfig({ default: { default: "allow" } }), services: [probe] });
  });
  afterEach(() => mesh.stop());

  test("calls are refused at once and come through again when it is back, without a restart", async () => {
    expect((await callNative(mesh, "probe/echo", { body: "1" })).status).toBe(200);
    await mesh.stopBroker();

    const startedAt = performance.now();
    const [native, old] = [
      await callNative(mesh, "probe/echo", { body: "1" }),
      await call2019(mesh, "probe/echo", { body: "{}" }),
    ];
    expect([native.status, old.status]).toEqual([503, 500]);
    expect(native.headers.get("Retry-After")).toBe("1");
    expect(await native.json()).toMatchObject({ code: "broker_unavailable" });
    // A tenth of the time it would take to wait for an answer.
    expect(performance.now() - startedAt).toBeLessThan(1_000);

    await mesh.startBroker();
    expect((await callNative(mesh, "probe/echo", { body: "1" })).status).toBe(200);
    expect(await (await call2019(mesh, "probe/echo", { body: '{"params":2}' })).text()).toBe('{"result":2}');
  });

  test("readiness says so, liveness does not", async () => {
    const ask = async (path: string): Promise<unknown> => {
      const response = await fetch(mesh.url + path);
      return [response.status, await response.json()];
    };
    expect(await ask("/readyz")).toEqual([200, { status: "ok", broker: "connected" }]);
    await mesh.stopBroker();
    expect(await ask("/livez")).toEqual([200, { status: "ok" }]);
    for (const path of ["/readyz", "/healthz"]) {
      expect(await ask(path)).toEqual([503, { status: "unavailable", broker: "disconnected" }]);
    }
    expect(await (await fetch(`${mesh.url}/metrics`)).text()).toContain("\nfmesh_broker_connected 0\n");
    await mesh.startBroker();
    expect(await ask("/healthz")).toEqual([200, { status: "ok", broker: "connected" }]);
  });

  test("names that strangers make up become no labels of metrics", async () => {
    await mesh.stopBroker();
    for (const name of ["made-up-1", "made-up-2"]) await callNative(mesh, `probe/${name}`, { body: "1" });
    expect(await (await fetch(`${mesh.url}/metrics`)).text()).not.toContain("made-up");
  });
});
