import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import type { Broker } from "../../../mesh/broker.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import type { Claims } from "../../../mesh/call.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { host } from "../../../worker-service/host.ts";
import type { ServiceDefinition } from "../../../worker-service/service.ts";
import { untilStatus } from "../../mesh/until-status.ts";
import { PROJECT, PROJECT_SECRET, type WrittenConfig } from "../../support/mesh.ts";
import { useNats } from "../../support/nats.ts";
import { type RuntimeKind, startGatewayProcess } from "./gateway-process.ts";

export interface RuntimeOptions {
  /** The configuration; its project's secret is the variable `SHOP_SECRET`. */
  readonly config: WrittenConfig;
  readonly services: readonly ServiceDefinition[];
}

/** A gateway on one of the platforms, a broker and services. */
export interface RuntimeUnderTest extends AsyncDisposable {
  readonly kind: RuntimeKind;
  readonly url: string;
  /** The services' connection. */
  readonly workers: Broker;
  /** Signs a token of the project, good for an hour. */
  token(claims?: Claims, options?: { readonly secret?: string; readonly now?: () => number }): Promise<string>;
  /** What the gateway has written so far. */
  output(): string;
  /** Stops the broker alone; resolves when gateway and services have noticed. */
  stopBroker(): Promise<void>;
  /** Starts it again at the same address; resolves when gateway and services are connected. */
  startBroker(): Promise<void>;
}

/** Starts all of it. Whoever starts it disposes of it. */
export async function startRuntime(kind: RuntimeKind, { config, services }: RuntimeOptions): Promise<RuntimeUnderTest> {
  const parts = new CloseStack();
  try {
    let nats = await useNats("embedded");
    parts.defer(() => nats.stop());
    const { wsUrl } = nats;
    const workers = parts.use(natsBroker({ url: wsUrl, name: "workers", log: silentLog }));
    await workers.connect();
    for (const service of services) await host(service, { broker: workers, project: PROJECT, log: silentLog });
    const gateway = await startGatewayProcess(kind, {
      config,
      env: { NATS_URL: wsUrl, SHOP_SECRET: PROJECT_SECRET },
    });
    parts.defer(() => gateway.stop().then(() => undefined));
    const { url } = gateway;
    await untilReadiness(url, 200);
    return {
      kind,
      url,
      workers,
      output: () => gateway.output(),
      token: (claims = { id: "u1", role: "user" }, { secret = PROJECT_SECRET, now = Date.now } = {}) =>
        signDevelopmentToken({ secret, claims, expiresInSeconds: 3600, now }),
      async stopBroker() {
        const gone = untilStatus(workers, "disconnected");
        await nats.stop();
        await gone;
        await untilReadiness(url, 503);
      },
      async startBroker() {
        nats = await useNats("embedded", { wsPort: Number(new URL(wsUrl).port) });
        await untilStatus(workers, "connected");
        await workers.flush();
        await untilReadiness(url, 200);
      },
      [Symbol.asyncDispose]: () => parts.close(),
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** Resolves when `/readyz` says so. The test's own time limit ends it otherwise: nothing tells of the change by itself. */
async function untilReadiness(url: string, status: 200 | 503): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`);
    await response.body?.cancel();
    if (response.status === status) return;
    await Bun.sleep(20);
  }
}
