import type { BrokerStatus } from "../../../mesh/broker.ts";
import { dialWebSocket } from "../../../mesh/broker/dial.ts";
import { NatsBroker } from "../../../mesh/broker/nats.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import { BrokerLink } from "../../mesh-link/broker-link.ts";
import { Recorder } from "../../recording/recorder.ts";
import type { EdgeSettings } from "./settings.ts";

/** How long calls wait for a connection that is being opened, in milliseconds. One that was lost is not waited for. */
const CONNECT_MS = 5000;

/** A connection to the broker with all that goes by it, from its opening to its end. It reconnects by itself. */
export class Session implements Closable {
  readonly broker: NatsBroker;
  readonly link: BrokerLink;
  readonly #recorder: Recorder;
  readonly #settled: Promise<unknown>;
  readonly #end = new AbortController();

  /** @param onConnect called at the first connection, and at each after a break. */
  constructor(
    { natsUrl: url, credentials }: Pick<EdgeSettings, "natsUrl" | "credentials">,
    options: { readonly log: Log; readonly onConnect: (session: Session) => void },
  ) {
    const { log, onConnect } = options;
    const access = credentials === undefined ? {} : { credentials };
    this.broker = new NatsBroker({ url, name: "edge gateway", dial: dialWebSocket(), log, ...access });
    this.#recorder = new Recorder({ broker: this.broker, log }).start();
    this.link = new BrokerLink({ broker: this.broker, recorder: this.#recorder });
    this.broker.onStatus((status) => status === "connected" && onConnect(this));
    // It rejects when the session is closed before: whoever waits hears of it by the status.
    const connected = this.broker.connect().catch(() => undefined);
    this.#settled = Promise.race([connected, pause(CONNECT_MS, this.#end.signal)]);
  }

  /** The status, when a first connection was given the time it takes. */
  async status(): Promise<BrokerStatus> {
    await this.#settled;
    return this.broker.status;
  }

  /**
   * Resolves when calls can be sent.
   * @throws MeshError `broker_unavailable` when there is no connection, or none yet for as long as that may take.
   */
  async ready(leftMs: number): Promise<void> {
    if (this.#isConnected()) return;
    await Promise.race([this.#settled, pause(leftMs, this.#end.signal)]);
    if (this.#isConnected()) return;
    throw new MeshError("broker_unavailable", `the broker at ${this.broker.url} cannot be reached`, {
      retryAfterSeconds: 1,
    });
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#recorder.close();
    await this.broker.close();
  }

  #isConnected(): boolean {
    return this.broker.status === "connected";
  }
}
