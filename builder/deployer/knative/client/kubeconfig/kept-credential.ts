import { unlessAborted } from "../../../../registry/unless-aborted.ts";
import { askPlugin, type ExecCredential, type ExecOptions } from "./exec-plugin.ts";

/** Before it ends, so that it does not end on the way. */
const MARGIN_MS = 10_000;

/** What a plugin gave, for as long as it is good; many who ask at the same time have it asked once. */
export class KeptCredential {
  readonly #options: ExecOptions;
  readonly #now: () => Date;
  #kept: ExecCredential | undefined;
  #asking: Promise<ExecCredential> | undefined;

  constructor(options: ExecOptions, now: () => Date) {
    this.#options = options;
    this.#now = now;
  }

  async get(signal: AbortSignal): Promise<ExecCredential> {
    if (this.#kept !== undefined && isGood(this.#kept, this.#now())) return this.#kept;
    this.#asking ??= this.#ask();
    return unlessAborted(this.#asking, signal);
  }

  /** It was refused, as a header or as a certificate. Another may have got a new one meanwhile, and that is kept. */
  forget(sent: string | undefined): void {
    const { token, cert } = this.#kept ?? {};
    if (sent === `Bearer ${token}` || sent === cert) this.#kept = undefined;
  }

  async #ask(): Promise<ExecCredential> {
    try {
      this.#kept = await askPlugin(this.#options);
      return this.#kept;
    } finally {
      this.#asking = undefined;
    }
  }
}

function isGood({ expiresAt }: ExecCredential, now: Date): boolean {
  return expiresAt === undefined || expiresAt.getTime() - MARGIN_MS > now.getTime();
}
