import { createHash } from "node:crypto";
import type { Digest } from "./oci.ts";

/** The digest of bytes that are in memory. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Takes the digest and the length of what goes by. */
export class Meter {
  readonly #hash = createHash("sha256");
  #size = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Ends it: nothing can be added any more. */
  digest(): Digest {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}
