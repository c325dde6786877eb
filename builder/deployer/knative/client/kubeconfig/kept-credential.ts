import { unlessAborted } from "../../../../registry/unless-aborted.ts";
import type { Proof } from "../access.ts";
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

  /** It was refused. Another may have got a new one meanwhile, and that is kept. */
  forget({ headers, tls }: Proof): void {
    const { token, cert } = this.#kept ?? {};
    const isKept = token === undefined ? tls.cert === cert : headers["authorization"] === `Bearer ${token}`;
    if (isKept) this.#kept = undefined;
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
