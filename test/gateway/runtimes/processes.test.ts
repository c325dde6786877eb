import { afterEach, describe, expect, test } from "vitest";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { host } from "../../../worker-service/host.ts";
import { type ServiceDefinition, defineService } from "../../../worker-service/service.ts";
import { PROJECT, shopConfig } from "../../support/mesh.ts";
import { useNats } from "../../support/nats.ts";
import { callNative } from "../calling.ts";
import { probe } from "../probe.ts";
import { type GatewayWithFile, startGatewayWithFile } from "./gateway-process.ts";

let parts = new CloseStack();
afterEach(async () => {
  await parts.close();
  parts = new CloseStack();
});

/** A gateway that is ready, and a service behind it. */
async function start(kind: "bun" | "deno", service: ServiceDefinition, rule: string): Promise<GatewayWithFile> {
  const nats = await useNats("embedded");
  parts.defer(() => nats.stop());
  const workers = parts.use(natsBroker({ url: nats.wsUrl, name: "workers", log: silentLog }));
  await workers.connect();
  await host(service, { broker: workers, project: PROJECT, log: silentLog });
  const config = shopConfig({ [service.name]: { default: rule } });
  const gateway = await startGatewayWithFile(kind, { config, env: { NATS_URL: nats.wsUrl } });
  parts.defer(async () => {
    await gateway.stop();
  });
  await until(async () => (await fetch(`${gateway.url}/readyz`)).ok);
  return gateway;
}

/** The test's own time limit ends it otherwise. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(20);
}

describe.each(["bun", "deno"] as const)("the gateway as a process on %s", (kind) => {
  test("finishes the calls under way when it is asked to stop", async () => {
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = defineService("held", {
      call: async () => {
        begun.resolve();
        await release.promise;
        return "done";
      },
    });
    const gateway = await start(kind, held, "allow");
    const answer = callNative(gateway, "held/call", { body: "" });
    await begun.promise;
    const stopped = gateway.stop();
    await until(() => gateway.output().includes('"draining"'));
    release.resolve();
    expect(await (await answer).json()).toBe("done");
    expect(await stopped).toBe(0);
  });

  test("goes over to a configuration that is saved, and stays with it when the next one is broken", async () => {
    const gateway = await start(kind, probe, "deny");
    const status = async (): Promise<number> => (await callNative(gateway, "probe/echo", { body: "1" })).status;
    expect(await status()).toBe(401);
    await gateway.save(shopConfig({ probe: { default: "allow" } }));
    await until(async () => (await status()) === 200);
    await gateway.save({ projects: "none" });
    await until(() => gateway.output().includes("the one before stays in force"));
    expect(await status()).toBe(200);
  });
});
