import type { Asker, Broker, Message } from "../../../mesh/broker.ts";
import type { Call, Reply } from "../../../mesh/call.ts";
import { HOUSE_SERVICES } from "../../../mesh/names.ts";
import { natsWorkerSubject } from "../../../mesh/subjects.ts";
import { NoAnswer } from "../../../mesh/no-answer.ts";
import { NobodyThere } from "../../../mesh/nobody-there.ts";
import { traceCall } from "../../../mesh/traced-call.ts";
import type { Tracing } from "../../../mesh/tracing.ts";
import type { GatewayConfig } from "../../config.ts";
import type { AllowedCall } from "../../mesh-link.ts";
import type { Elsewhere } from "../../mesh-link/broker-link.ts";
import { NATS_WORKER_HEADERS } from "./headers.ts";
import { decodeAnswer, decodeFirstAnswer, encodeFirstRequest, encodeRequest, paramsText } from "./message.ts";

/**
 * How often a request may meet a gateway that has nobody, and leaves: after as many as there are, only workers remain. More of
 * them than that is rather a gateway that does not leave.
 */
const MOST_GATEWAYS = 64;

/**
 * Hands calls that nobody in the mesh serves to workers that sit on the broker as those of 2019 did. One that a worker took is never
 * handed to another.
 */
export class NatsWorkers implements Elsewhere {
  readonly #broker: Broker;
  readonly #tracing: Tracing | undefined;
  #isOn = false;

  /** @param options.tracing where the spans of calls go; without it there are none. */
  constructor({ broker, tracing }: { readonly broker: Broker; readonly tracing?: Tracing | undefined }) {
    this.#broker = broker;
    this.#tracing = tracing;
  }

  /** From now on they are asked if the configuration says so. */
  follow({ gateway: { spaceCloud } }: GatewayConfig): void {
    this.#isOn = spaceCloud.natsWorkers;
  }

  async send({ address, call, parent, asker }: AllowedCall, unserved: NobodyThere): Promise<Reply> {
    if (!this.#isOn || Object.hasOwn(HOUSE_SERVICES, address.service)) throw unserved;
    const params = paramsText(call);
    if (params === undefined) throw unserved;
    const ask = (): Promise<Reply> => this.#ask({ address, call, asker }, params, unserved);
    return this.#tracing === undefined
      ? await ask()
      : await traceCall(this.#tracing, { to: address, call, parent, asker }, ask);
  }

  async #ask(
    { address, call, asker }: Pick<AllowedCall, "address" | "call" | "asker">,
    params: string,
    unserved: NobodyThere,
  ): Promise<Reply> {
    const ask = this.#asking(call, asker);
    try {
      const request = encodeRequest(address, call.claimsJson, params);
      for (let met = 0; met < MOST_GATEWAYS; met++) {
        const { headers, payload } = await ask(natsWorkerSubject(address.service), request);
        if (headers[NATS_WORKER_HEADERS.nobodyHere] === undefined) return decodeAnswer(payload);
      }
      throw unserved;
    } catch (error) {
      if (!(error instanceof NobodyThere)) throw error;
    }
    try {
      const subject = natsWorkerSubject(address.service, address.function);
      const { payload } = await ask(subject, encodeFirstRequest(call.claimsJson, params));
      return decodeFirstAnswer(payload);
    } catch (error) {
      throw error instanceof NobodyThere ? unserved : error;
    }
  }

  #asking(call: Call, asker: Asker): (subject: string, payload: Uint8Array) => Promise<Message> {
    const startedAt = Date.now();
    const headers = { [NATS_WORKER_HEADERS.handedOn]: "1" };
    return (subject, payload) => {
      const timeoutMs = call.deadlineMs - Date.now();
      if (timeoutMs <= 0) throw new NoAnswer(call.deadlineMs - startedAt);
      return this.#broker.request(subject, { payload, headers }, { timeoutMs, asker });
    };
  }
}
