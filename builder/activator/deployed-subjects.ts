import { type Broker, EMPTY_MESSAGE, type IncomingMessage, type Subscription } from "../../mesh/broker.ts";
import { CALL_HEADERS } from "../../mesh/call.ts";
import type { DeployedName } from "../../mesh/deployment.ts";
import type { Log } from "../../mesh/log.ts";
import type { FunctionAddress } from "../../mesh/names.ts";
import { QUEUE_GROUP, cancelSubject, heldSubject, idleSubject } from "../../mesh/subjects.ts";

/** What arrives of deployed functions. */
export interface DeployedHandlers {
  onCall(message: IncomingMessage, to: FunctionAddress): void;
  /** Whether a call waits here. */
  holds(callId: string): boolean;
  onGivenUp(callId: string): void;
}

/** Subscriptions for the functions that are deployed at the moment. */
export class DeployedSubjects {
  readonly #broker: Broker;
  readonly #handlers: DeployedHandlers;
  readonly #log: Log;
  readonly #subscribed = new Map<string, readonly Subscription[]>();
  readonly #unwatch: () => void;
  #wanted: ReadonlyMap<string, DeployedName> = new Map();

  constructor(broker: Broker, handlers: DeployedHandlers, log: Log) {
    this.#broker = broker;
    this.#handlers = handlers;
    this.#log = log;
    this.#unwatch = broker.onStatus(() => this.#settle());
  }

  /** Listens for these, and for no others. While the broker is away that waits until it is back. */
  set(names: readonly DeployedName[]): void {
    this.#wanted = new Map(names.map((name) => [`${name.project}.${name.label}`, name]));
    this.#settle();
  }

  /** Takes no more calls; resolves when those that were under way are there. It is heard on who holds calls and who gives them up. */
  async drain(): Promise<void> {
    this.#unwatch();
    this.#wanted = new Map();
    const calls = [...this.#subscribed.values()].flatMap(([idle]) => (idle === undefined ? [] : [idle]));
    // While it is away nobody confirms that, and no call can come.
    if (this.#broker.status === "connected") await Promise.all(calls.map((subscription) => subscription.drain()));
  }

  /** Ends what is left. */
  async close(): Promise<void> {
    const left = [...this.#subscribed.values()].flat();
    this.#subscribed.clear();
    if (this.#broker.status === "connected") await Promise.all(left.map((subscription) => subscription.drain()));
  }

  #settle(): void {
    if (this.#broker.status !== "connected") return;
    for (const [key, subscriptions] of this.#subscribed) {
      if (this.#wanted.has(key)) continue;
      this.#subscribed.delete(key);
      Promise.all(subscriptions.map((subscription) => subscription.drain())).catch((error: unknown) =>
        this.#log.warn("a removed function's calls are still listened for", { function: key, error }),
      );
    }
    for (const [key, name] of this.#wanted) {
      if (!this.#subscribed.has(key)) this.#subscribed.set(key, this.#subscribe(name));
    }
  }

  #subscribe({ project, label }: DeployedName): readonly Subscription[] {
    const broker = this.#broker;
    const handlers = this.#handlers;
    const service = { project, service: label };
    const idOf = ({ headers }: IncomingMessage): string => headers[CALL_HEADERS.id] ?? "";
    return [
      broker.subscribe(idleSubject(service), { queue: QUEUE_GROUP }, (message) => {
        const name = message.subject.slice(message.subject.lastIndexOf(".") + 1);
        handlers.onCall(message, { ...service, function: name });
      }),
      broker.subscribe(heldSubject(service), {}, (message) => {
        if (handlers.holds(idOf(message))) message.reply(EMPTY_MESSAGE);
      }),
      broker.subscribe(cancelSubject(service), {}, (message) => handlers.onGivenUp(idOf(message))),
    ];
  }
}
