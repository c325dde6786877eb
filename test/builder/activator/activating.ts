import type { ActivatorOptions } from "../../../builder/activator.ts";
import { startActivator } from "../../../builder/activator.ts";
import type { Deployer, OnDemand } from "../../../builder/deployer.ts";
import type { Broker } from "../../../mesh/broker.ts";
import { Caller } from "../../../mesh/caller.ts";
import type { DeployedName } from "../../../mesh/deployment.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import type { ServiceDefinition } from "../../../worker-service/service.ts";
import { type Functions, defineService } from "../../../worker-service/service.ts";
import type { BrokerKind } from "../../support/nats.ts";
import { openLink } from "../../mesh/broker-link.ts";

export const PROJECT = "shop";
export const LABEL = "greet";
export const GREET: DeployedName = { project: PROJECT, label: LABEL };

/** A home in which what is deployed is what the test says. */
export interface TestHome extends Pick<Deployer, "onDemand" | "watch"> {
  deployed(names: readonly DeployedName[]): void;
}

export function testHome(onDemand: OnDemand, names: readonly DeployedName[] = [GREET]): TestHome {
  let current = names;
  const listeners = new Set<(names: readonly DeployedName[]) => void>();
  return {
    onDemand,
    watch(listener) {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
    deployed(changed) {
      current = changed;
      for (const listener of listeners) listener(changed);
    },
  };
}

/** A broker, a caller and an activator in front of a home; all on connections of their own. */
export interface Activating extends AsyncDisposable {
  readonly caller: Caller;
  readonly client: Broker;
  readonly activator: Closable;
  /** Another connection. */
  connect(): Promise<Broker>;
}

export async function startActivating(
  kind: BrokerKind,
  home: TestHome,
  options: Partial<ActivatorOptions> = {},
): Promise<Activating> {
  const link = await openLink(kind, "WebSocket");
  const [client, broker] = await Promise.all([link.connect(), link.connect()]);
  const activator = await startActivator({ broker, deployer: home, log: silentLog, ...options });
  return {
    client,
    activator,
    caller: new Caller(client, PROJECT),
    connect: () => link.connect(),
    async [Symbol.asyncDispose]() {
      await activator.close();
      await link[Symbol.asyncDispose]();
    },
  };
}

/** A worker of the deployed function. */
export function greeter(handler: Functions[string], bounds: object = {}): ServiceDefinition {
  return defineService(LABEL, { handler }, bounds);
}
