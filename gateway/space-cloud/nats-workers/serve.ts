import type { Broker, IncomingMessage, MessageHeaders, Subscription } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { newCallId } from "../../../mesh/ids.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import { HOUSE_SERVICES } from "../../../mesh/names.ts";
import { natsWorkerSubject } from "../../../mesh/subjects.ts";
import { NobodyThere } from "../../../mesh/nobody-there.ts";
import { decodePayload } from "../../../mesh/payload.ts";
import { continueTrace } from "../../../mesh/trace.ts";
import type { GatewayConfig } from "../../config.ts";
import type { MeshLink } from "../../mesh-link.ts";
import type { Policy } from "../../policy.ts";
import { jsonResult } from "../answer.ts";
import { NATS_WORKER_HEADERS } from "./headers.ts";
import { decodeRequest, encodeAnswer, encodeRefusal } from "./message.ts";

/** What requests of 2019 are answered with. */
export interface NatsRequestParts {
  readonly broker: Broker;
  readonly log: Log;
  readonly policy: { readonly current: Policy };
  /** The way of calls, to workers of 2019 at last. */
  readonly link: MeshLink;
  /** The same without those: for what another gateway has handed on, which records and traces it. */
  readonly meshOnly: MeshLink;
  /** How long a service that nobody in the mesh serves is left to others. Default 5000. */
  readonly awayMs?: number;
}

const AWAY_MS = 5_000;
const DRAIN_MS = 10_000;

/**
 * Answers what gateways and other peers of 2019 ask on the broker, with functions of the mesh. No rule is asked: who may be on the
 * broker is trusted, there as everywhere.
 *
 * It listens in the queue of the workers of 2019, so that a request may come here that one of those could serve. Then it leaves the
 * queue for a while, and the request is handed on.
 */
export class NatsRequests implements Closable {
  readonly #parts: NatsRequestParts;
  readonly #closing = new AbortController();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #returns = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  #services: ReadonlySet<string> = new Set();
  #project = "";

  constructor(parts: NatsRequestParts) {
    this.#parts = parts;
    this.#stopListening = parts.broker.onStatus(() => this.#joinAll());
  }

  /** Listens for the services that the configuration names, if it is to listen at all. */
  follow({ projects: [project], gateway: { spaceCloud } }: GatewayConfig): void {
    const named = spaceCloud.natsWorkers ? Object.keys(project?.services ?? {}) : [];
    this.#services = new Set(named.filter((name) => name !== "default" && !Object.hasOwn(HOUSE_SERVICES, name)));
    this.#project = project?.id ?? "";
    for (const service of this.#subscriptions.keys()) if (!this.#services.has(service)) void this.#leave(service);
    this.#joinAll();
  }

  /** Takes no more requests, and finishes those under way: at most ten seconds. */
  async close(): Promise<void> {
    this.#stopListening();
    this.#services = new Set();
    this.#returns.forEach((timer) => clearTimeout(timer));
    await Promise.all([...this.#subscriptions.keys()].map((service) => this.#leave(service)));
    const cutOff = setTimeout(() => this.#closing.abort(), DRAIN_MS);
    await Promise.all(this.#running);
    clearTimeout(cutOff);
  }

  #joinAll(): void {
    for (const service of this.#services) this.#join(service);
  }

  #join(service: string): void {
    const { broker } = this.#parts;
    const isThere = this.#subscriptions.has(service) || this.#returns.has(service);
    if (isThere || !this.#services.has(service) || broker.status !== "connected") return;
    const subscription = broker.subscribe(natsWorkerSubject(service), { queue: service }, (message) => {
      if (!message.wantsReply) return;
      const running = this.#answer(message, service).finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
    this.#subscriptions.set(service, subscription);
  }

  /** Resolves when nothing more comes. */
  #leave(service: string): Promise<void> {
    const subscription = this.#subscriptions.get(service);
    if (subscription === undefined) return this.#leaving.get(service) ?? Promise.resolve();
    const { log, awayMs = AWAY_MS } = this.#parts;
    const left = subscription
      .drain()
      .catch((error: unknown) => log.debug("a subscription ended roughly", { service, error }))
      .finally(() => this.#leaving.delete(service));
    this.#subscriptions.delete(service);
    this.#leaving.set(service, left);
    if (this.#services.has(service)) {
      const back = (): void => {
        this.#returns.delete(service);
        this.#join(service);
      };
      this.#returns.set(service, setTimeout(back, awayMs));
    }
    return left;
  }

  /** Never rejects. */
  async #answer(message: IncomingMessage, service: string): Promise<void> {
    const isHandedOn = message.headers[NATS_WORKER_HEADERS.handedOn] !== undefined;
    try {
      const result = await this.#call(message.payload, { service, isHandedOn });
      message.reply({ payload: encodeAnswer(result), headers: {} });
    } catch (error) {
      const isNobodyHere = error instanceof NobodyThere;
      // Whoever asks again must not meet this gateway again.
      if (isNobodyHere) await this.#leave(service);
      const headers = isNobodyHere && isHandedOn ? { [NATS_WORKER_HEADERS.nobodyHere]: "1" } : {};
      this.#refuse(message, isNobodyHere ? noWorker(service) : MeshError.from(error), headers);
    }
  }

  async #call(
    payload: Uint8Array,
    { service, isHandedOn }: { readonly service: string; readonly isHandedOn: boolean },
  ): Promise<Uint8Array> {
    const { policy, link, meshOnly } = this.#parts;
    const { func, claimsJson, ...params } = decodeRequest(payload, service);
    const { current } = policy;
    const id = newCallId();
    const reply = await (isHandedOn ? meshOnly : link).send({
      address: { project: this.#project, service, function: func },
      call: {
        id,
        requestId: id,
        trace: continueTrace(undefined, undefined, undefined),
        // How long its caller waits, the request does not say.
        deadlineMs: Date.now() + current.limits.maxTimeoutMs,
        claimsJson,
        idempotencyKey: undefined,
        ...params,
      },
      params: () => decodePayload(params),
      recordRule: isHandedOn ? undefined : current.project(this.#project)?.recordFor?.(service, func),
      // That nobody serves it is to be told apart from all else.
      isNamed: true,
      asker: { signal: this.#closing.signal },
    });
    return await jsonResult(reply);
  }

  #refuse(message: IncomingMessage, error: MeshError, headers: MessageHeaders): void {
    const { log } = this.#parts;
    if (error.code === "internal") log.error("a request of a peer failed", { subject: message.subject, error });
    try {
      message.reply({ payload: encodeRefusal(error.message), headers });
    } catch (unsent) {
      log.warn("a peer got no answer", { subject: message.subject, error: unsent });
    }
  }
}

function noWorker(service: string): MeshError {
  return new MeshError("worker_unavailable", `no worker available for service "${service}"`);
}
