import { type EventSourceMessage, createParser } from "eventsource-parser";
import { ConfigError } from "../../gateway/config/config-error.ts";
import { pause } from "../../mesh/pause.ts";
import { Refusal } from "../api/api-client.ts";
import { Failure } from "../failure.ts";
import { BackOff } from "../up/back-off.ts";

/** The API says something every 15 seconds. Nothing for so long, in milliseconds, is a connection that is dead. */
const LONGEST_SILENCE_MS = 45_000;

export interface EventFeedOptions {
  /**
   * Asks for what comes after an event, or for what comes from now on. It is asked again after every break.
   * @throws Failure
   */
  readonly ask: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>;
  /** The last event that is known already. */
  readonly after: string | undefined;
  /** Told each time a connection stands. */
  readonly onConnected: () => void;
  /** Told once for every time it cannot be followed, however long that is. */
  readonly onBroken: () => void;
}

/** Follows server-sent events: after a break it goes on with the event after the last one it had. */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #backOff = new BackOff();
  #lastEventId: string | undefined;
  #isKnown = false;
  #isBroken = false;

  constructor(options: EventFeedOptions) {
    this.#options = options;
    this.#lastEventId = options.after;
  }

  /** Up to where all is handed over; `undefined` while that is not known. */
  get lastEventId(): string | undefined {
    return this.#lastEventId;
  }

  /**
   * Hands events over as they come together, until the signal aborts. The next are not read before these are done with.
   * @throws Failure when it cannot begin, or is refused later on.
   */
  async *batches(signal: AbortSignal): AsyncGenerator<readonly EventSourceMessage[], void> {
    while (!signal.aborted) {
      this.#backOff.started();
      const connection = new Connection(signal);
      try {
        if (await this.#isConnected(connection)) yield* this.#read(connection);
      } finally {
        connection.end();
      }
      await pause(this.#backOff.next(), signal);
    }
  }

  async #isConnected(connection: Connection): Promise<boolean> {
    try {
      connection.answered(await this.#options.ask(this.#lastEventId, connection.signal));
      this.#isKnown = true;
      this.#isBroken = false;
      this.#options.onConnected();
      return true;
    } catch (error) {
      if (!connection.isUnwanted && !(this.#isKnown && mayPass(error))) throw error;
      this.#broke(connection);
      return false;
    }
  }

  async *#read(connection: Connection): AsyncGenerator<readonly EventSourceMessage[], void> {
    let messages: EventSourceMessage[] = [];
    let lastId = this.#lastEventId;
    const parser = createParser({
      onEvent: (message) => messages.push(message),
      // Also without an event: it says how far all has been told.
      onId: (id) => (lastId = id),
    });
    const decoder = new TextDecoder();
    for (;;) {
      const chunk = await this.#next(connection);
      if (chunk === undefined) return;
      parser.feed(decoder.decode(chunk, { stream: true }));
      const arrived = messages;
      messages = [];
      if (arrived.length > 0) yield arrived;
      this.#lastEventId = lastId;
    }
  }

  async #next(connection: Connection): Promise<Uint8Array | undefined> {
    try {
      return await connection.read();
    } catch {
      // Whatever broke it, the answer is to connect again.
      this.#broke(connection);
      return undefined;
    }
  }

  #broke({ isUnwanted }: Connection): void {
    if (this.#isBroken || isUnwanted) return;
    this.#isBroken = true;
    this.#options.onBroken();
  }
}

/** One connection, which ends with the signal, or when nothing comes over it any more. */
class Connection {
  readonly signal: AbortSignal;
  readonly #stopping: AbortSignal;
  readonly #ending = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping;
    this.signal = AbortSignal.any([stopping, this.#ending.signal]);
  }

  get isUnwanted(): boolean {
    return this.#stopping.aborted;
  }

  answered({ body }: Response): void {
    this.#reader = body?.getReader();
  }

  /** The next bytes; `undefined` at a proper end. Rejects when it breaks. */
  async read(): Promise<Uint8Array | undefined> {
    const silence = setTimeout(() => this.end(), LONGEST_SILENCE_MS);
    try {
      return (await this.#reader?.read())?.value;
    } finally {
      clearTimeout(silence);
    }
  }

  end(): void {
    this.#ending.abort();
  }
}

/** Whether an error may be over in a while: a mesh that is started again, a configuration that is being written. */
function mayPass(error: unknown): boolean {
  if (error instanceof Refusal) return error.status >= 500 || error.status === 429;
  return error instanceof ConfigError || (error instanceof Failure && error.exitCode === 1);
}
