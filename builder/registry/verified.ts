import { Meter } from "../digest.ts";
import type { Digest } from "../oci.ts";
import { RegistryError } from "./registry-error.ts";

/** What content has to be. */
export interface Expected {
  readonly digest: Digest;
  /** Bytes, where they are known. */
  readonly size?: number | undefined;
  /** For the error: `blob "sha256:…" of "shop/adder"`. */
  readonly what: string;
}

/** Hashes what passes, and says at the end whether it was what it should be. */
export class Verifier {
  readonly #meter = new Meter();
  readonly #expected: Expected;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#meter.size;
  }

  /** @throws RegistryError `digest_mismatch` as soon as there is too much. */
  update(chunk: Uint8Array): void {
    const { size, what } = this.#expected;
    this.#meter.add(chunk);
    if (size !== undefined && this.#meter.size > size) {
      throw new RegistryError("digest_mismatch", `${what} is longer than the ${size} bytes that it should have`);
    }
  }

  /** @throws RegistryError `digest_mismatch`. */
  end(): void {
    const { size, digest, what } = this.#expected;
    if (size !== undefined && this.#meter.size !== size) {
      throw new RegistryError("digest_mismatch", `${what} has ${this.#meter.size} bytes instead of ${size}`);
    }
    const actual = this.#meter.digest();
    if (actual !== digest) {
      throw new RegistryError("digest_mismatch", `${what} is damaged: its content has the digest "${actual}"`);
    }
  }
}

/** A stream of the same bytes that fails at its end when they are not what was expected. */
export function verified(source: ReadableStream<Uint8Array>, expected: Expected): ReadableStream<Uint8Array> {
  const verifier = new Verifier(expected);
  return source.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        verifier.update(chunk);
        controller.enqueue(chunk);
      },
      flush: () => verifier.end(),
    }),
  );
}
