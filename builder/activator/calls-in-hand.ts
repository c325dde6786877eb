import type { MeshError } from "../../mesh/errors.ts";
import type { CallInHand } from "./call-in-hand.ts";

/** How much may wait at a time. */
export interface WaitingBounds {
  readonly calls: number;
  /** Of their payloads. */
  readonly bytes: number;
}

/** The calls that are being seen to. */
export class CallsInHand {
  readonly #bounds: WaitingBounds;
  readonly #all = new Set<CallInHand>();
  readonly #byId = new Map<string, CallInHand>();
  #bytes = 0;
  #whenNone: (() => void)[] = [];

  constructor(bounds: WaitingBounds) {
    this.#bounds = bounds;
  }

  /** Whether there is no room for another of that size. */
  isFullFor(bytes: number): boolean {
    return this.#all.size >= this.#bounds.calls || this.#bytes + bytes > this.#bounds.bytes;
  }

  /** Whether a call of that id waits here, rather than with an instance. */
  holds(id: string): boolean {
    return this.#byId.get(id)?.isHandedOver === false;
  }

  add(call: CallInHand): void {
    this.#all.add(call);
    this.#bytes += call.message.payload.length;
    if (call.id !== "") this.#byId.set(call.id, call);
  }

  remove(call: CallInHand): void {
    if (!this.#all.delete(call)) return;
    this.#bytes -= call.message.payload.length;
    // It may have been lost with its instance and sent again.
    if (this.#byId.get(call.id) === call) this.#byId.delete(call.id);
    if (this.#all.size === 0) for (const tell of this.#whenNone.splice(0)) tell();
  }

  end(id: string, reason: MeshError): void {
    this.#byId.get(id)?.end(reason);
  }

  endAll(why: (call: CallInHand) => MeshError): void {
    for (const call of this.#all) call.end(why(call));
  }

  /** Resolves when there are none. */
  none(): Promise<void> {
    return this.#all.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenNone.push(resolve));
  }
}
