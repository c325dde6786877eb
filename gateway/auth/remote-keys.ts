import { MeshError } from "../../mesh/errors.ts";
import type { SignatureHeader } from "./compact-token.ts";
import { downloadJwks } from "./jwks-download.ts";
import type { AuthDeps } from "./options.ts";
import { usableKeys } from "./published-keys.ts";
import type { JwksSettings } from "./settings.ts";
import type { VerificationKey } from "./verification-key.ts";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/**
 * The keys an identity provider publishes: fetched once for all who wait, again in the background when they are old,
 * and ahead of time when a token names a key that is not among them. Keys once fetched stay in use while the provider
 * cannot be reached.
 */
export class RemoteKeys {
  readonly #settings: JwksSettings;
  readonly #deps: AuthDeps;
  readonly #onChange: () => void;
  #keys: readonly VerificationKey[] | undefined;
  #published = "";
  #freshUntilMs = 0;
  #coolUntilMs = 0;
  #retryAtMs = 0;
  #failures = 0;
  #pending: Promise<boolean> | undefined;
  #abort: AbortController | undefined;
  #isClosed = false;

  /** @param onChange called when keys were added, changed or withdrawn. */
  constructor(settings: JwksSettings, deps: AuthDeps, onChange: () => void) {
    this.#settings = settings;
    this.#deps = deps;
    this.#onChange = onChange;
  }

  /**
   * The keys that may have signed a token with this header.
   * @throws MeshError `internal` when no keys could be fetched so far.
   */
  async find(header: SignatureHeader): Promise<readonly VerificationKey[]> {
    if (this.#keys === undefined && !(this.#mayFetch() && (await this.#refresh()))) {
      throw new MeshError("internal", "the keys to check tokens with cannot be fetched at the moment");
    }
    const found = this.#select(header);
    if (found.length > 0 || header.kid === undefined || !this.#mayFetchAhead()) return found;
    await this.#refresh();
    return this.#select(header);
  }

  /** Whether a key is still published. */
  has(key: VerificationKey): boolean {
    return this.#keys?.includes(key) ?? false;
  }

  /** Starts a fetch in the background when the keys are old; costs one comparison when they are not. */
  freshen(nowMs: number): void {
    if (nowMs < this.#freshUntilMs || this.#keys === undefined || this.#pending !== undefined || !this.#mayFetch())
      return;
    const work = this.#refresh();
    // Unshared work does not show as pending: the time of the next attempt holds back the requests that follow.
    this.#retryAtMs = nowMs + this.#settings.timeoutMs;
    this.#deps.waitUntil?.(work);
  }

  /** Gives up a fetch under way and starts none again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#abort?.abort(new Error("token verification was closed"));
    await this.#pending;
  }

  #mayFetch(): boolean {
    return this.#pending !== undefined || (!this.#isClosed && this.#deps.now() >= this.#retryAtMs);
  }

  /** Whether an unknown key id is reason to fetch: a storm of invented ones must not become a storm of fetches. */
  #mayFetchAhead(): boolean {
    return this.#pending !== undefined || (this.#mayFetch() && this.#deps.now() >= this.#coolUntilMs);
  }

  #select({ algorithm, kid }: SignatureHeader): readonly VerificationKey[] {
    const keys = this.#keys ?? [];
    return keys.filter((key) => key.algorithms.includes(algorithm) && (kid === undefined || key.kid === kid));
  }

  /** Resolves with whether the keys were fetched. Failures are logged here, once for all who wait. */
  #refresh(): Promise<boolean> {
    if (this.#deps.waitUntil !== undefined) return this.#fetch();
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetch(): Promise<boolean> {
    const { url, cacheMs, cooldownMs, timeoutMs } = this.#settings;
    const { fetch, now, log } = this.#deps;
    this.#coolUntilMs = now() + cooldownMs;
    this.#abort = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await this.#adopt(await downloadJwks(url, fetch, signal));
      this.#freshUntilMs = now() + cacheMs;
      this.#retryAtMs = 0;
      this.#failures = 0;
      return true;
    } catch (error) {
      if (this.#isClosed) return false;
      const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
      this.#failures++;
      this.#retryAtMs = now() + retryInMs;
      const { origin, pathname } = new URL(url);
      log.error("the keys to check tokens with cannot be fetched", { url: origin + pathname, retryInMs, error });
      return false;
    }
  }

  async #adopt(published: readonly unknown[]): Promise<void> {
    const text = JSON.stringify(published);
    if (text === this.#published) return;
    this.#keys = await usableKeys(published, this.#deps.log);
    this.#published = text;
    this.#onChange();
  }
}
