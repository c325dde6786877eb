import type { Instance, InstanceView, ServiceStats } from "../../mesh/mesh-view.ts";

/** Who has not answered for this long is gone. */
const GONE_MS = 3_000;

/** An instance, whose it is, and when it answered last. */
interface Seen {
  readonly project: string | null;
  readonly name: string;
  readonly instance: Instance;
  at: number;
}

/** Remembers instances for a moment: one that does not answer once may be busy, and is shown as silent before it is gone. */
export class InstancesSeen {
  readonly #seen = new Map<string, Seen>();
  #lastAt = 0;

  /** @param now when they answered, in milliseconds. */
  add(services: readonly ServiceStats[], now: number): void {
    this.#lastAt = now;
    for (const { project, name, instances } of services) {
      for (const instance of instances) this.#seen.set(instance.id, { project, name, instance, at: now });
    }
    for (const [id, { at }] of this.#seen) if (now - at >= GONE_MS) this.#seen.delete(id);
  }

  /** The instances of a service, the oldest first. */
  of(project: string | null, name: string): InstanceView[] {
    return [...this.#seen.values()]
      .filter((seen) => seen.project === project && seen.name === name)
      .map(({ instance, at }) => ({ ...instance, isSilent: at < this.#lastAt }));
  }

  /** Services of which there was somebody, in the order in which they came. */
  services(): { readonly project: string | null; readonly name: string }[] {
    return [
      ...new Map([...this.#seen.values()].map((seen) => [JSON.stringify([seen.project, seen.name]), seen])).values(),
    ];
  }

  /** Changes whenever somebody came or went. */
  get ids(): string {
    return [...this.#seen.keys()].toSorted().join();
  }
}
