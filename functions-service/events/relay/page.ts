import type { Transition } from "../../store.ts";
import { type Notice, noticeOf } from "../cloud-event.ts";

/** A piece of the journal on its way to a sink. */
export class Page {
  /** The sequence up to which it goes. */
  readonly #end: number;
  #left: readonly Notice[];

  constructor(transitions: readonly Transition[], end: number) {
    this.#left = transitions.map(noticeOf);
    this.#end = end;
  }

  /** Whether all of it is confirmed. */
  get isDone(): boolean {
    return this.#left.length === 0;
  }

  /** All up to here is confirmed, whatever else is. */
  get confirmedTo(): number {
    const [first] = this.#left;
    return first === undefined ? this.#end : first.sequence - 1;
  }

  /** All that is not confirmed. */
  get left(): readonly Notice[] {
    return this.#left;
  }

  /** What may be sent now where some of it may be sent again: of each event one notice, so that none overtakes another. */
  wave(): readonly Notice[] {
    const first = new Map<string, Notice>();
    for (const notice of this.#left) {
      const event = `${notice.project}/${notice.eventId}`;
      if (!first.has(event)) first.set(event, notice);
    }
    return [...first.values()];
  }

  confirm(sequences: readonly number[]): void {
    if (sequences.length === this.#left.length) {
      this.#left = [];
      return;
    }
    const confirmed = new Set(sequences);
    this.#left = this.#left.filter(({ sequence }) => !confirmed.has(sequence));
  }
}
