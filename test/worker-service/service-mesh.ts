import type { Broker } from "../../mesh/broker.ts";
import { type CallOptions, Caller, type Origin } from "../../mesh/caller.ts";
import { CALL_HEADERS, type Reply, decodeReply } from "../../mesh/call.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import { functionSubject } from "../../mesh/subjects.ts";
import { type HostedService, host } from "../../worker-service/host.ts";
import { type Functions, type ServiceOptions, defineService } from "../../worker-service/service.ts";
import { type BrokerLink, openLink } from "../mesh/broker-link.ts";
import type { BrokerKind, UseNatsOptions } from "../support/nats.ts";

export const PROJECT = "shop";

/** A service that runs, and the connection it runs over: each has its own, as workers do. */
export interface Hosted extends HostedService {
  readonly broker: Broker;
}

/** A broker, services and somebody who calls them. */
export interface ServiceMesh extends AsyncDisposable {
  readonly link: BrokerLink;
  /** The connection of who calls. */
  readonly broker: Broker;
  host(name: string, functions: Functions, options?: ServiceOptions & { log?: Log }): Promise<Hosted>;
  call(service: string, name: string, params?: unknown, options?: CallOptions & Origin): Promise<unknown>;
  /** Sends bytes and headers as they are, and gives the reply as it came. */
  send(service: string, name: string, payload: string | Uint8Array, headers?: Record<string, string>): Promise<Reply>;
}

export async function openServiceMesh(kind: BrokerKind, options: UseNatsOptions = {}): Promise<ServiceMesh> {
  const link = await openLink(kind, "WebSocket", options);
  const broker = await link.connect();
  const caller = new Caller(broker, PROJECT);
  return {
    link,
    broker,
    async host(name, functions, { log = silentLog, ...serviceOptions } = {}) {
      const own = await link.connect();
      const definition = defineService(name, functions, serviceOptions);
      const hosted = await host(definition, { broker: own, project: PROJECT, log });
      return { ...hosted, broker: own };
    },
    call: (service, name, params, callOptions = {}) => caller.call(service, name, params, callOptions),
    async send(service, name, payload, headers = {}) {
      const subject = functionSubject({ project: PROJECT, service, function: name });
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
      return decodeReply(await broker.request(subject, { payload: bytes, headers }, { timeoutMs: 15_000 }));
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** Headers of a call that is due then. */
export function dueAt(deadlineMs: number): Record<string, string> {
  return { [CALL_HEADERS.deadline]: String(deadlineMs) };
}
