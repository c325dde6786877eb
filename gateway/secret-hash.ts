const encoder = new TextEncoder();

/**
 * Hashes of texts (HMAC-SHA-256) under a key that nobody else has and nobody keeps: who sees one learns nothing of its text, and
 * cannot try texts out. Each instance has a key of its own.
 */
export class SecretHash {
  readonly #key = crypto.subtle.importKey(
    "raw",
    crypto.getRandomValues(new Uint8Array(32)),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );

  async of(text: string): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, encoder.encode(text)));
  }
}
