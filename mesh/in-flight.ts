import { type Broker, EMPTY_MESSAGE, type IncomingMessage, type Subscription } from "./broker.ts";
import { CALL_HEADERS } from "./call.ts";
import { MeshError } from "./errors.ts";
import { cancelSubject, heldSubject } from "./subjects.ts";
import type { CallLifetime } from "./call-lifetime.ts";

/** The calls that an instance of a service has taken and not answered yet, by their ids: they run, or wait for their turn. */
export class InFlight {
  readonly #calls = new Map<string, CallLifetime>();

  has(callId: string): boolean {
    return this.#calls.has(callId);
  }

  add(callId: string, lifetime: CallLifetime): void {
    this.#calls.set(callId, lifetime);
  }

  remove(callId: string): void {
    this.#calls.delete(callId);
  }

  /** Tells all of them that nobody waits any more. */
  endAll(reason: MeshError): void {
    for (const lifetime of this.#calls.values()) lifetime.end(reason);
  }

  /**
   * Hears of callers that give up, and says to those who ask that it has their call. Of calls that it does not have it says
   * nothing: another instance may.
   */
  listen(broker: Broker, service: { readonly project: string; readonly service: string }): readonly Subscription[] {
    const gaveUp = (message: IncomingMessage): void =>
      this.#calls.get(idIn(message))?.end(new MeshError("cancelled", "the caller gave up"));
    const isAsked = (message: IncomingMessage): void => {
      if (this.#calls.has(idIn(message))) message.reply(EMPTY_MESSAGE);
    };
    return [broker.subscribe(cancelSubject(service), {}, gaveUp), broker.subscribe(heldSubject(service), {}, isAsked)];
  }
}

function idIn({ headers }: IncomingMessage): string {
  return headers[CALL_HEADERS.id] ?? "";
}
