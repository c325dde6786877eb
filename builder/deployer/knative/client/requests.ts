import { DeployError } from "../../deploy-error.ts";
import type { KubeAccess } from "./access.ts";
import { BackOff, type BackOffPolicy } from "./back-off.ts";
import { connectionError } from "./connection-error.ts";
import { pauseAfter } from "./retry-after.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { type KubeRequest, sendAs } from "./send-as.ts";
import { parseStatus } from "./status.ts";
import { warningsOf } from "./warnings.ts";

export interface RequestsOptions {
  readonly access: KubeAccess;
  /** How long a request may take, with all that is tried for it. */
  readonly timeoutMs: number;
  readonly backOff: BackOffPolicy;
  /** Gets what the server advises. */
  readonly onWarning: (text: string) => void;
}

/** An answer of the server: what was asked for, or why not. */
export type Answer<T> = { readonly value: T } | { readonly refusal: Refusal };

const ATTEMPTS = 5;

/** Sends requests: with what shows who asks, and again when that is harmless and may help. */
export class Requests {
  readonly #options: RequestsOptions;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** @throws DeployError for everything but an answer that says yes. */
  async json(request: KubeRequest): Promise<unknown> {
    const answer = await this.ask(request);
    if ("value" in answer) return answer.value;
    throw this.refused(answer.refusal, request);
  }

  /** The same, with what the server refused as an answer. */
  async ask(request: KubeRequest): Promise<Answer<unknown>> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs);
    const signal = AbortSignal.any([request.signal, deadline]);
    try {
      const answer = await this.#repeated({ ...request, signal }, {});
      if ("refusal" in answer) return answer;
      return { value: await this.#whole(answer.value) };
    } catch (error) {
      request.signal.throwIfAborted();
      throw deadline.aborted ? this.#late(request) : error;
    }
  }

  /** An answer that goes on until either side ends it; only the caller's signal limits it. */
  open(request: KubeRequest): Promise<Answer<Response>> {
    // Bun would end an answer that is silent for five minutes.
    return this.#repeated(request, { timeout: false });
  }

  refused(refusal: Refusal, { verb, what }: Pick<KubeRequest, "verb" | "what">): DeployError {
    return refusalOf(refusal, { verb, what, ...this.#place });
  }

  /** What a connection broke with, in words. */
  explain(error: unknown): unknown {
    return connectionError(error, this.#place);
  }

  get #place(): { readonly host: string; readonly origin: string } {
    const { server, origin } = this.#options.access;
    return { host: server.host, origin };
  }

  async #repeated(request: KubeRequest, how: BunFetchRequestInit): Promise<Answer<Response>> {
    const { signal, method } = request;
    const backOff = new BackOff(this.#options.backOff);
    for (let left = ATTEMPTS - 1; ; left--) {
      try {
        const response = await sendAs(this.#options.access, request, how);
        for (const warning of warningsOf(response.headers)) this.#options.onWarning(warning);
        if (response.ok) return { value: response };
        const refusal = { code: response.status, status: parseStatus(await response.text()) };
        const pauseMs = pauseAfter(response);
        // Without being asked to come again, only what changes nothing is sent again: a 500 may be the last word.
        const mayHelp = pauseMs !== undefined || (method === "GET" && response.status >= 500);
        if (!mayHelp || left <= 0) return { refusal };
        await backOff.wait(signal, pauseMs);
      } catch (error) {
        signal.throwIfAborted();
        const explained = this.explain(error);
        if (left <= 0 || explained === error || !isPassing(error)) throw explained;
        await backOff.wait(signal);
      }
    }
  }

  async #whole(response: Response): Promise<unknown> {
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      throw this.explain(error);
    }
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      const { host, origin } = this.#place;
      const what = `"${host}" answers with something that is no JSON`;
      throw new DeployError("unreachable", `${what}: it is no API server; correct the server of ${origin}`, { cause });
    }
  }

  #late({ verb, what }: KubeRequest): DeployError {
    const seconds = this.#options.timeoutMs / 1000;
    const { host } = this.#place;
    return new DeployError(
      "unreachable",
      `the cluster "${host}" did not ${verb} ${what} in ${seconds} s; try again later`,
    );
  }
}

// Whatever is sent may be sent twice: what is applied is the same then, and what is deleted is gone.
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return !/CERT|LEAF_SIGNATURE|ISSUER|ENOTFOUND|EPROTO/.test(code);
}
