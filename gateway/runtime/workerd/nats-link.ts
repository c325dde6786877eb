import { type Broker, payloadRoom } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { streamOf } from "../../../mesh/gather.ts";
import type { Log } from "../../../mesh/log.ts";
import type { AllowedCall } from "../../mesh-link.ts";
import { ConfigFeed } from "../config-feed.ts";
import { edgeLog } from "./edge-log.ts";
import { KeptConfig } from "./kept-config.ts";
import { OBJECT_PATHS } from "./object-link.ts";
import type { Bindings, ObjectState } from "./platform.ts";
import { recordedParams } from "./recorded-params.ts";
import { Session } from "./session.ts";
import { type EdgeSettings, readSettings } from "./settings.ts";
import { type SentCall, decodeSentCall, encodeSentError, encodeSentReply } from "./wire.ts";

const NOTHING = new Uint8Array(0);

/**
 * The Durable Object that owns a connection to the broker, because a socket that was opened for one request of a Worker cannot serve
 * another. It connects when it is first used, reconnects by itself, and hangs up when nobody has used it for a while.
 */
export class NatsLink {
  readonly #settings: EdgeSettings;
  readonly #log: Log = edgeLog("link");
  readonly #config: KeptConfig;
  readonly #feed: ConfigFeed;
  #session: Session | undefined;
  #inFlight = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(state: ObjectState, bindings: Bindings) {
    this.#settings = readSettings(bindings);
    this.#config = new KeptConfig({ storage: state.storage, settings: this.#settings, log: this.#log });
    const offer = (text: string): Promise<void> => this.#config.offer(text);
    this.#feed = new ConfigFeed(this.#settings.configName, { log: this.#log, offer });
    void state.blockConcurrencyWhile(() => this.#config.load());
  }

  /** Answers the Worker; nobody else reaches it. */
  async fetch(request: Request): Promise<Response> {
    const end = this.#begin();
    let response: Response | undefined;
    try {
      const { pathname } = new URL(request.url);
      if (pathname === OBJECT_PATHS.send) return (response = await this.#send(request, end));
      const session = this.#open();
      if (pathname === OBJECT_PATHS.status) return new Response(await session.status());
      await this.#feed.firstWord();
      return Response.json(this.#config.text);
    } catch (error) {
      return encodeSentError(MeshError.from(error));
    } finally {
      // A reply that goes on ends by itself.
      if (response === undefined) end();
    }
  }

  async #send(request: Request, end: () => void): Promise<Response> {
    if (this.#inFlight > this.#settings.maxInFlight) {
      const text = "the link to the mesh has as many calls under way as it takes; try again";
      throw new MeshError("overloaded", text, { retryAfterSeconds: 1 });
    }
    const sent = await decodeSentCall(request);
    const session = this.#open();
    await session.ready(sent.call.deadlineMs - Date.now());
    const reply = await session.link.send(this.#allowed(sent, request, session.broker));
    // A Worker that is gone may neither read a stream to its end nor cancel it.
    if (reply.stream !== undefined) request.signal.addEventListener("abort", end, { once: true });
    return encodeSentReply(reply, end);
  }

  #allowed({ address, call, isNamed, timeoutMs, isRecordable }: SentCall, asker: Request, broker: Broker): AllowedCall {
    const { payload } = call;
    const { project, service, function: name } = address;
    // The Worker cannot know how much this broker takes.
    const isTooLarge = payload.length > payloadRoom(broker);
    const body = isTooLarge && { payload: NOTHING, stream: { bytes: streamOf(payload), lengthBytes: payload.length } };
    return {
      address,
      call: { ...call, ...body },
      params: () => recordedParams(call),
      recordRule: isRecordable ? this.#config.recordRule(project, service, name) : undefined,
      isNamed,
      timeoutMs,
      asker,
    };
  }

  #open(): Session {
    this.#session ??= new Session(this.#settings, {
      log: this.#log,
      onConnect: ({ broker }) => this.#feed.follow(broker),
    });
    return this.#session;
  }

  /** Counts what is under way; the result ends it, and may be called twice. */
  #begin(): () => void {
    this.#inFlight += 1;
    clearTimeout(this.#idle);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#idle = setTimeout(() => this.#hangUp(), this.#settings.idleMs);
    };
  }

  #hangUp(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#feed.end();
    session?.close().catch((error: unknown) => this.#log.warn("the connection did not end well", { error }));
  }
}
