/** The gateway on workerd as it would be without an object: each call opens a connection of its own, and closes it. */
import type { BrokerStatus } from "../../mesh/broker.ts";
import { dialWebSocket } from "../../mesh/broker/dial.ts";
import { NatsBroker } from "../../mesh/broker/nats.ts";
import type { Reply } from "../../mesh/call.ts";
import { silentLog } from "../../mesh/log.ts";
import { type Gateway, createGateway } from "../../gateway/app.ts";
import { buildPolicy } from "../../gateway/build-policy.ts";
import { parseConfig } from "../../gateway/config.ts";
import type { AllowedCall, MeshLink } from "../../gateway/mesh-link.ts";
import { BrokerLink } from "../../gateway/mesh-link/broker-link.ts";
import { LivePolicy } from "../../gateway/policy.ts";
import { noMetrics } from "../../gateway/runtime/workerd/no-metrics.ts";
import type { Bindings } from "../../gateway/runtime/workerd/platform.ts";
import { readSettings } from "../../gateway/runtime/workerd/settings.ts";

/** Bound by every Worker under measurement; this one does not use it. */
export { NatsLink } from "../../gateway/runtime/workerd/nats-link.ts";

class ConnectingLink implements MeshLink {
  readonly roomBytes = 1_000_000;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  status(): BrokerStatus {
    return "connected";
  }

  caughtUp(): Promise<void> {
    return Promise.resolve();
  }

  async send(allowed: AllowedCall): Promise<Reply> {
    const broker = new NatsBroker({ url: this.#url, name: "a call", dial: dialWebSocket(), log: silentLog });
    try {
      await broker.connect();
      return await new BrokerLink({ broker }).send(allowed);
    } finally {
      await broker.close();
    }
  }
}

let app: Gateway | undefined;

// oxlint-disable-next-line import/no-default-export -- the platform asks for it
export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    app ??= assemble(bindings);
    return await app.fetch(request);
  },
};

function assemble(bindings: Bindings): Gateway {
  const { config, env, natsUrl } = readSettings(bindings);
  const link = new ConnectingLink(natsUrl);
  const parts = { link, queries: undefined, fetch, now: Date.now, log: silentLog };
  const policy = new LivePolicy(buildPolicy(parseConfig(config, { filename: "bench.json", env }), parts));
  return createGateway({ link, policy, metrics: noMetrics, log: silentLog });
}
