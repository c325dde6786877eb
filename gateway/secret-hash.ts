const encoder = new TextEncoder();

/**
 * Hashes of texts (HMAC-SHA-256) under a key that nobody else has: who sees one learns nothing of its text, and cannot try texts out.
 * Unless it is given one, each instance has a key of its own, which nobody keeps.
 */
export class SecretHash {
  readonly #key: Promise<CryptoKey>;

  constructor(key: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(32))) {
    this.#key = crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  async of(text: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, encoder.encode(text)));
  }

  /** The same in lower-case hex. */
  async hex(text: string): Promise<string> {
    return Array.from(await this.of(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
