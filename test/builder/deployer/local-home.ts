import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instances } from "../../../builder/deployer/local/instance.ts";
import { type LocalDeployer, type LocalDeployerOptions, openLocalDeployer } from "../../../builder/deployer/local.ts";
import type { Broker } from "../../../mesh/broker.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import type { DeployedName, Deployment } from "../../../mesh/deployment.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { Caller } from "../../../mesh/caller.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { STORED_FUNCTION } from "../../../mesh/names.ts";
import { functionSubject } from "../../../mesh/subjects.ts";
import { type BrokerKind, type BrokerUnderTest, useNats } from "../../support/nats.ts";

/** A broker, a folder and a deployer that uses both. */
export interface LocalHome extends AsyncDisposable {
  readonly folder: string;
  readonly broker: Broker;
  readonly nats: BrokerUnderTest;
  /** The deployer of the moment. */
  readonly deployer: LocalDeployer;
  /** Opens another one, after the first was closed. */
  reopen(): Promise<LocalDeployer>;
  /** Calls its handler as any caller does; wakes it when nobody is there. */
  call(name: DeployedName, params?: unknown, timeoutMs?: number): Promise<unknown>;
  /** Asks the broker for nothing but the answer of who is there. */
  ask(name: DeployedName): Promise<unknown>;
  close(): Promise<void>;
}

export interface LocalHomeOptions extends Partial<
  Pick<LocalDeployerOptions, "startMs" | "graceMs" | "silentMs" | "log">
> {
  readonly kind?: BrokerKind;
  readonly instances: (place: { readonly folder: string }) => Instances | Promise<Instances>;
  readonly natsUrlFor?: (deployment: Deployment, nats: BrokerUnderTest) => string;
}

/** Whoever opens it closes it. */
export async function openLocalHome(options: LocalHomeOptions): Promise<LocalHome> {
  const { kind = "embedded", instances: open, natsUrlFor, log = silentLog, ...rest } = options;
  const stack = new CloseStack();
  const folder = await mkdtemp(join(tmpdir(), "fmesh-local-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const nats = await useNats(kind, { unixPath: join(folder, "nats.sock") });
  stack.defer(() => nats.stop());
  const broker = stack.use(natsBroker({ url: nats.tcpUrl, name: "test", log: silentLog }));
  await broker.connect();
  const instances = stack.use(await open({ folder }));
  const openDeployer = (): Promise<LocalDeployer> =>
    openLocalDeployer({
      ...{ ...rest, instances, broker, folder: join(folder, "deployments"), log },
      natsUrlFor: (deployment) => natsUrlFor?.(deployment, nats) ?? nats.tcpUrl,
    });
  let deployer = await openDeployer();
  stack.defer(() => deployer.close());
  const close = (): Promise<void> => stack.close();
  return {
    ...{ folder, broker, nats, close },
    get deployer() {
      return deployer;
    },
    async reopen() {
      await deployer.close();
      deployer = await openDeployer();
      return deployer;
    },
    async call(name, params = {}, timeoutMs = 10_000) {
      const { onDemand } = deployer;
      const caller = new Caller(broker, name.project);
      for (;;) {
        try {
          return await caller.call(name.label, STORED_FUNCTION, params, { timeoutMs });
        } catch (error) {
          const isNobodyThere = error instanceof MeshError && error.code === "worker_unavailable";
          if (!isNobodyThere || onDemand.kind !== "wake") throw error;
        }
        await onDemand.wake(name, { signal: AbortSignal.timeout(15_000) });
      }
    },
    async ask({ project, label }) {
      const subject = functionSubject({ project, service: label, function: STORED_FUNCTION });
      const { payload } = await broker.request(
        subject,
        { payload: new TextEncoder().encode("{}"), headers: {} },
        { timeoutMs: 5_000 },
      );
      return JSON.parse(new TextDecoder().decode(payload)) as unknown;
    },
    [Symbol.asyncDispose]: close,
  };
}
