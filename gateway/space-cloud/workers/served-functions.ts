import { EndpointCounters, type Outcome } from "../../../mesh/endpoint-counters.ts";
import { QUEUE_GROUP, functionSubject } from "../../../mesh/subjects.ts";
import type { EndpointInfo, EndpointStats } from "../../../mesh/service-info.ts";

/** Callers choose the names that a worker may answer to: beyond so many it is not told of more. */
const MOST_FUNCTIONS = 500;

/** The functions that a worker of 2019 is known to serve: it does not say, so those that the configuration names and those that it has answered. */
export class ServedFunctions {
  readonly #service: { readonly project: string; readonly service: string };
  readonly #named: () => readonly string[];
  readonly #counters = new Map<string, EndpointCounters>();

  /** @param named those that the configuration names at the moment. */
  constructor(service: { readonly project: string; readonly service: string }, named: () => readonly string[]) {
    this.#service = service;
    this.#named = named;
  }

  /** Counts a call. What is not known to be a function becomes one by answering well. */
  count(name: string, outcome: Outcome): void {
    const isKnown = this.#counters.has(name) || this.#named().includes(name);
    if (!isKnown && (outcome.error !== undefined || this.#counters.size >= MOST_FUNCTIONS)) return;
    this.#of(name).count(outcome);
  }

  infos(): readonly EndpointInfo[] {
    return this.#names().map((name) => ({ ...this.#identity(name), metadata: {} }));
  }

  stats(): readonly EndpointStats[] {
    const counters = (name: string): EndpointCounters => this.#counters.get(name) ?? new EndpointCounters();
    return this.#names().map((name) => counters(name).stats(this.#identity(name)));
  }

  #names(): readonly string[] {
    return [...new Set([...this.#named(), ...this.#counters.keys()])];
  }

  #of(name: string): EndpointCounters {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const counters = new EndpointCounters();
    this.#counters.set(name, counters);
    return counters;
  }

  #identity(name: string): { name: string; subject: string; queue_group: string } {
    return { name, subject: functionSubject({ ...this.#service, function: name }), queue_group: QUEUE_GROUP };
  }
}
