import type { Base } from "../build.ts";
import type { Registry } from "../registry.ts";
import { unlessAborted } from "../registry/unless-aborted.ts";
import { parseBaseName } from "./base-name.ts";
import { loadBase } from "./load-base.ts";
import type { Runtime } from "./runtime-files.ts";

/** Where functions' bases come from. */
export interface BasesOptions {
  readonly registry: Registry;
  /** Those that are in the registry, as `repository:tag` or `repository@sha256:…`. */
  readonly named: Readonly<Partial<Record<Runtime, string>>>;
  /** Makes and publishes one for a runtime of which none is named. */
  readonly make: (runtime: Runtime) => Promise<Base>;
}

/** The bases of a builder: one is made once, whoever wants it at the same time, and looked for again when that failed. */
export class Bases {
  readonly #options: BasesOptions;
  readonly #made = new Map<Runtime, Promise<Base>>();

  constructor(options: BasesOptions) {
    this.#options = options;
  }

  /**
   * The base of a runtime. A named one is read each time: its tag may have got another image.
   * @throws BaseError or RegistryError; rejects with the signal's reason when it aborts, whoever else goes on waiting.
   */
  async of(runtime: Runtime, signal: AbortSignal): Promise<Base> {
    const { registry, named } = this.#options;
    const name = named[runtime];
    if (name === undefined) return unlessAborted(this.#make(runtime), signal);
    const { repository, reference } = parseBaseName(name);
    return loadBase(registry, repository, reference, { signal });
  }

  /** What was made is made, or found, again: the registry may have lost it. */
  forget(): void {
    this.#made.clear();
  }

  #make(runtime: Runtime): Promise<Base> {
    const known = this.#made.get(runtime);
    if (known !== undefined) return known;
    const making = this.#options.make(runtime);
    this.#made.set(runtime, making);
    making.catch(() => {
      if (this.#made.get(runtime) === making) this.#made.delete(runtime);
    });
    return making;
  }
}
