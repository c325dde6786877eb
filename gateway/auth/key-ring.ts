import type { Closable } from "../../mesh/lifecycle.ts";
import type { SignatureHeader } from "./compact-token.ts";
import type { AuthDeps } from "./options.ts";
import { refusal } from "./refusal.ts";
import { RemoteKeys } from "./remote-keys.ts";
import type { AuthSettings } from "./settings.ts";
import { type Signed, findSigner } from "./signature.ts";
import type { VerificationKey } from "./verification-key.ts";

/** All keys tokens are checked with: the configured ones first, then the published ones. */
export class KeyRing implements Closable {
  readonly #configured: readonly VerificationKey[];
  readonly #remote: RemoteKeys | undefined;

  /** @param onChange called when the published keys are others than before. */
  constructor(settings: Pick<AuthSettings, "keys" | "jwks">, deps: AuthDeps, onChange: () => void) {
    this.#configured = settings.keys;
    this.#remote = settings.jwks && new RemoteKeys(settings.jwks, deps, onChange);
  }

  /**
   * Checks a token's signature.
   * @throws MeshError `unauthenticated`, or `internal` when the keys cannot be had.
   */
  async open(token: string, header: SignatureHeader): Promise<Signed> {
    const configured = this.#configured.filter((key) => isCandidate(key, header));
    const signed = await findSigner(token, header.algorithm, configured);
    if (signed !== undefined) return signed;
    // Published keys are public ones: none of them is ever an HMAC secret.
    const asksRemote = this.#remote !== undefined && header.algorithm !== "HS256";
    const published = asksRemote ? await this.#remote.find(header) : [];
    const signedRemotely = await findSigner(token, header.algorithm, published);
    if (signedRemotely !== undefined) return signedRemotely;
    const isKnownKey = configured.length + published.length > 0;
    throw refusal(isKnownKey ? "the token's signature is not valid" : "the token is signed with an unknown key");
  }

  /** Whether a key is still in use. */
  has(key: VerificationKey): boolean {
    return this.#configured.includes(key) || (this.#remote?.has(key) ?? false);
  }

  /** Fetches published keys anew in the background when they are old. */
  freshen(nowMs: number): void {
    this.#remote?.freshen(nowMs);
  }

  async close(): Promise<void> {
    await this.#remote?.close();
  }
}

/** A configured key without a name may have signed any token of its kind. */
function isCandidate(key: VerificationKey, { algorithm, kid }: SignatureHeader): boolean {
  return key.algorithms.includes(algorithm) && (key.kid === undefined || kid === undefined || key.kid === kid);
}
