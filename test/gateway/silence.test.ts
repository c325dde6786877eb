import { expect, test } from "vitest";
import { defineService } from "../../worker-service/service.ts";
import { shopConfig, startTestMesh } from "../support/mesh.ts";

test("a stream may be silent for longer than a connection that waits for nothing", async () => {
  const patient = defineService("patient", {
    bytes: async function* () {
      yield Uint8Array.of(1);
      // Bun looks at its clock every four seconds.
      await Bun.sleep(6_000);
      yield Uint8Array.of(2);
    },
  });
  const config = shopConfig(
    { patient: { default: "allow" } },
    { gateway: { limits: { defaultTimeoutMs: 900, maxTimeoutMs: 900 } } },
  );
  await using mesh = await startTestMesh({ kind: "embedded", config, services: [patient], idleSeconds: 1 });
  const response = await fetch(`${mesh.url}/v1/call/shop/patient/bytes`, { method: "POST" });
  expect(await response.bytes()).toEqual(Uint8Array.of(1, 2));
});
