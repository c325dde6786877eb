import type { Broker } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import { existingAccess } from "../broker-access.ts";
import { Failure } from "../failure.ts";
import type { MeshPlace } from "./find-mesh.ts";

/** How long a command that answers once waits for the broker. */
const PATIENCE_MS = 5_000;
/** After that long it says so. */
const NOTICE_MS = 1_000;

/** A command's connection to a mesh. It follows the mesh when that is started again at another place. */
export class MeshConnection implements Closable {
  readonly #find: () => Promise<MeshPlace>;
  #place: MeshPlace;
  #broker: Broker;

  /** Aborted by a broker that is there, and lets nobody in who shows it what we do. */
  readonly #refused = new AbortController();
  #reason = "";

  private constructor(find: () => Promise<MeshPlace>, place: MeshPlace) {
    this.#find = find;
    this.#place = place;
    this.#broker = this.#dial(place);
  }

  /**
   * Finds the mesh and begins to connect; it may not be connected yet.
   * @throws Failure when there is no mesh to connect to.
   */
  static async begin(find: () => Promise<MeshPlace>): Promise<MeshConnection> {
    const place = await find();
    return new MeshConnection(find, place);
  }

  /**
   * Finds the mesh and connects.
   * @throws Failure also when its broker cannot be reached within five seconds.
   */
  static async open(find: () => Promise<MeshPlace>): Promise<MeshConnection> {
    const connection = await MeshConnection.begin(find);
    const { url } = connection.broker;
    const notice = setTimeout(() => process.stderr.write(`fmesh: waiting for the broker at ${url}\n`), NOTICE_MS);
    try {
      if (await connection.isUp(PATIENCE_MS, connection.#refused.signal)) return connection;
    } finally {
      clearTimeout(notice);
    }
    await connection.close();
    throw new Failure(
      connection.#refused.signal.aborted
        ? `the broker at ${url} refuses these credentials (${connection.#reason}); see NATS_URL, NATS_CREDS or NATS_NKEY`
        : `the broker at ${url} cannot be reached; does the mesh run?`,
    );
  }

  get place(): MeshPlace {
    return this.#place;
  }

  get broker(): Broker {
    return this.#broker;
  }

  /** Waits for the broker, at most so long, and answers whether it can be reached. */
  async isUp(withinMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#isConnected) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    const stop = this.#broker.onStatus(() => resolve());
    const abort = (): void => resolve();
    signal?.addEventListener("abort", abort, { once: true });
    await promise;
    clearTimeout(timer);
    stop();
    signal?.removeEventListener("abort", abort);
    return this.#isConnected;
  }

  /** While the broker is away: looks whether the mesh is somewhere else by now, and goes there. */
  async seek(): Promise<void> {
    const place = await this.#findAgain();
    if (place === undefined || place.brokerUrl === this.#place.brokerUrl) return;
    const old = this.#broker;
    this.#place = place;
    this.#broker = this.#dial(place);
    await old.close();
  }

  close(): Promise<void> {
    return this.#broker.close();
  }

  get #isConnected(): boolean {
    return this.#broker.status === "connected";
  }

  async #findAgain(): Promise<MeshPlace | undefined> {
    try {
      return await this.#find();
    } catch (error) {
      if (error instanceof Failure) return undefined; // it does not run at the moment
      throw error;
    }
  }

  #dial({ brokerUrl }: MeshPlace): Broker {
    const log: Log = { ...silentLog, warn: (_message, fields) => this.#hear(String(fields?.["reason"])) };
    const access = existingAccess(brokerUrl, process.env);
    const broker = natsBroker({ url: brokerUrl, name: "fmesh", log, ...access });
    // It tries until it is closed, and rejects only then: for that nobody waits.
    broker.connect().catch(() => undefined);
    return broker;
  }

  #hear(reason: string): void {
    this.#reason = reason;
    if (/authori[sz]ation|authentication/i.test(reason)) this.#refused.abort();
  }
}
