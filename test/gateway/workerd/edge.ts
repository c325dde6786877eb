import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import type { Broker } from "../../../mesh/broker.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import type { Claims } from "../../../mesh/call.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { host } from "../../../worker-service/host.ts";
import type { ServiceDefinition } from "../../../worker-service/service.ts";
import { PROJECT, PROJECT_SECRET, type WrittenConfig } from "../../support/mesh.ts";
import { type UseNatsOptions, useNats } from "../../support/nats.ts";
import { type RunningWorkerd, startWorkerd } from "../../support/workerd.ts";

export interface EdgeOptions {
  readonly config: WrittenConfig;
  readonly services?: readonly ServiceDefinition[];
  /** Bindings besides the configuration, the broker's URL and the project's secret. */
  readonly bindings?: Readonly<Record<string, string>>;
  readonly nats?: UseNatsOptions;
  /** Where objects keep what they store. Default: in memory. */
  readonly storageFolder?: string;
}

/** A gateway in the platform's own server, a broker and services. */
export interface Edge extends AsyncDisposable {
  readonly url: string;
  /** The services' connection. */
  readonly workers: Broker;
  /** Starts another server with the same bindings and storage, in the place of the one before. */
  restart(): Promise<void>;
  /** How many connections the broker has besides that of the services. */
  links(): number;
  token(claims?: Claims): Promise<string>;
}

/** Starts all of it. Whoever starts it disposes of it. */
export async function startEdge({
  config,
  services = [],
  bindings = {},
  nats: options,
  storageFolder,
}: EdgeOptions): Promise<Edge> {
  const parts = new CloseStack();
  try {
    const nats = await useNats("embedded", options);
    parts.defer(() => nats.stop());
    const workers = parts.use(natsBroker({ url: nats.wsUrl, name: "workers", log: silentLog }));
    await workers.connect();
    for (const service of services) await host(service, { broker: workers, project: PROJECT, log: silentLog });
    const start = (): Promise<RunningWorkerd> =>
      startWorkerd({
        bindings: {
          FMESH_CONFIG: JSON.stringify(config),
          NATS_URL: nats.wsUrl,
          SHOP_SECRET: PROJECT_SECRET,
          ...bindings,
        },
        storageFolder,
      });
    let workerd = await start();
    parts.defer(() => workerd.stop());
    return {
      get url() {
        return workerd.url;
      },
      restart: async () => {
        await workerd.stop();
        workerd = await start();
      },
      workers,
      links: () => (nats.server?.stats().connections ?? 0) - 1,
      token: (claims = { id: "u1", role: "user" }) =>
        signDevelopmentToken({ secret: PROJECT_SECRET, claims, expiresInSeconds: 3600 }),
      [Symbol.asyncDispose]: () => parts.close(),
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** Resolves as soon as `isSo`. The test's own time limit ends it otherwise. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(20);
}
