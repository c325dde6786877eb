import type { Scalar } from "yaml";
import type { Steps } from "./scalar-places.ts";
import { isSecretPath } from "./secret-paths.ts";
import { isSecretAt } from "./secret-scalars.ts";

/** A secret that a text holds, and where its marker may stand in another one. */
export class KeptSecret {
  readonly #scalar: Scalar;
  /** How it is written, by its places. */
  readonly #written = new Map<string, string>();

  constructor(scalar: Scalar) {
    this.#scalar = scalar;
  }

  standsAt(steps: Steps, written: string): void {
    this.#written.set(placeOf(steps), written);
  }

  /** Whether it may be put here: where secrets alone stand, or where it stood before. */
  belongsAt(steps: Steps): boolean {
    return isSecretPath(steps) || this.#written.has(placeOf(steps));
  }

  /** Whether it is hidden here again. */
  isHiddenAt(steps: Steps): boolean {
    return isSecretAt(this.#scalar, steps);
  }

  /** How it is written here, or elsewhere if it did not stand here. */
  writtenAt(steps: Steps): string {
    const [elsewhere = ""] = this.#written.values();
    return this.#written.get(placeOf(steps)) ?? elsewhere;
  }
}

/** Lists may get longer and shorter: which one of its items it is does not count. */
function placeOf(steps: Steps): string {
  return JSON.stringify(steps.map((step) => (typeof step === "number" ? 0 : step)));
}
