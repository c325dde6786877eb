import { RegistryError } from "../registry-error.ts";
import type { Authenticator } from "./authenticator.ts";
import type { Http, HttpRequest, OpenAnswer, WholeAnswer } from "./http.ts";
import { locationOf } from "./origin.ts";
import { refusalOf } from "./refusal.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { unlessAborted } from "../unless-aborted.ts";

/** A request to the registry. */
export interface Call {
  readonly method: HttpRequest["method"];
  /** After the registry's own address: `/v2/…`; or an address that it gave. */
  readonly to: string | URL;
  /** What is done with what: `repository:shop/adder:pull`. */
  readonly scopes: readonly string[];
  /** The answers that are no failure. */
  readonly accepts: readonly number[];
  /** For errors: `reading manifest "v1" of "shop/adder"`. */
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpRequest["body"];
  /** Whether it is tried again when it fails in passing. Default yes: it does the same when done twice. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface TransportOptions {
  /** `https://registry.example.com` */
  readonly origin: URL;
  readonly http: Http;
  readonly authenticator: Authenticator;
  readonly policy: RetryPolicy;
  readonly allowsPlainHttp: boolean;
}

/** Answers that send to another place. They are followed when something is read. */
export const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

const MAX_CHALLENGES = 2;
const MAX_REDIRECTS = 5;

/** Sends requests as the registry wants them: with what lets them in, where it sends them, and again when that may help. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get policy(): RetryPolicy {
    return this.#options.policy;
  }

  /** @throws RegistryError for every answer that the call does not accept. */
  send(call: Call): Promise<WholeAnswer> {
    return this.#repeated(call, async () => {
      const answer = await this.#follow(call, (request) => this.#options.http.send(request));
      if (!call.accepts.includes(answer.status)) throw refusalOf(answer, call.what);
      return answer;
    });
  }

  /** The same, with an answer of any length. */
  open(call: Call): Promise<OpenAnswer> {
    return this.#repeated(call, async () => {
      const answer = await this.#follow(call, (request) => this.#options.http.open(request));
      if (call.accepts.includes(answer.status)) return answer;
      throw refusalOf({ ...answer, bytes: await beginningOf(answer.stream) }, call.what);
    });
  }

  /** Where an answer says to go on. */
  next(answer: Pick<WholeAnswer, "headers" | "url">): URL {
    return locationOf(answer, this.#options.allowsPlainHttp);
  }

  #repeated<T>(call: Call, attempt: () => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    if (call.isRepeatable === false) return attempt();
    return retrying(attempt, { policy: this.#options.policy, signal: call.signal });
  }

  async #follow<A extends OpenAnswer | WholeAnswer>(
    call: Call,
    send: (request: HttpRequest) => Promise<A>,
  ): Promise<A> {
    let url = new URL(call.to, this.#options.origin);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.#authenticated({ ...call, to: url }, send);
      if (call.method !== "GET" || !REDIRECTS.includes(answer.status)) return answer;
      if ("stream" in answer) await answer.stream.cancel();
      url = this.next(answer);
    }
    throw new RegistryError("refused", `"${url.host}" sends round in circles: ${call.what}; look into its settings`);
  }

  // What lets in here is nobody else's: a presigned address of a storage refuses it besides.
  async #authenticated<A extends OpenAnswer | WholeAnswer>(
    call: Call & { readonly to: URL },
    send: (request: HttpRequest) => Promise<A>,
  ): Promise<A> {
    const { method, to: url, headers, body, signal, scopes } = call;
    const isOwn = url.origin === this.#options.origin.origin;
    const { authenticator } = this.#options;
    let authorization = isOwn ? await unlessAborted(authenticator.header(scopes), signal) : undefined;
    for (let challenges = 0; ; challenges++) {
      const answer = await send({
        method,
        url,
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
        body,
        signal,
      });
      if (!isOwn || answer.status !== 401 || challenges === MAX_CHALLENGES) return answer;
      if ("stream" in answer) await answer.stream.cancel();
      const refused = authenticator.afterRefusal(answer.headers, { scopes, sent: authorization });
      authorization = await unlessAborted(refused, signal);
    }
  }
}

async function beginningOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return value ?? new Uint8Array();
}
