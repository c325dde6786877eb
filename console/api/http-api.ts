import { ProblemError, readProblem } from "./problem-error.ts";

/** What can stand in a query string; what is `undefined` or `null` is left out, a list is repeated. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** What a request may carry besides its path. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A request of any kind. */
export interface SendOptions extends RequestOptions {
  readonly method?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; `headers` say what it is. */
  readonly body?: BodyInit;
}

/** An answer with what its headers say. */
export interface Answer<T> {
  readonly value: T;
  readonly status: number;
  readonly headers: Headers;
  /** As it goes into `If-Match`; `undefined` when there is none. */
  readonly etag: string | undefined;
}

/** The gateway's HTTP API for whoever is signed in. Every failure is a {@link ProblemError}. */
export interface HttpApi {
  get<T>(path: string, options?: RequestOptions): Promise<T>;
  post<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
  put<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
  patch<T>(path: string, json?: unknown, options?: RequestOptions): Promise<T>;
  delete<T>(path: string, options?: RequestOptions): Promise<T>;
  /** An answer as JSON, with its status and headers: `etag` for what is saved later with `If-Match`. */
  ask<T>(path: string, options?: SendOptions): Promise<Answer<T>>;
  /** An answer as it comes, for what is no JSON. Rejects unless it is a success. */
  send(path: string, options?: SendOptions): Promise<Response>;
}

/** What an {@link HttpApi} is made of. */
export interface HttpApiParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The token to send; `undefined` for none. */
  readonly token: () => Promise<string | undefined> | string | undefined;
  /** Called when the token was not good; whether there is another to try, once. */
  readonly onRefused?: (() => boolean) | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the API out of `fetch` and a token. Paths begin with `/`. */
export function createHttpApi({ fetch, token, onRefused, headers: always = {} }: HttpApiParts): HttpApi {
  const once = async (path: string, options: SendOptions): Promise<Response> => {
    const { method = "GET", query, headers, json, body, signal = null } = options;
    const bearer = await token();
    const init: RequestInit = {
      method,
      signal,
      credentials: "omit",
      headers: {
        Accept: "application/json",
        ...(json !== undefined && { "Content-Type": "application/json" }),
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
        ...always,
        ...headers,
      },
      ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
    };
    try {
      return await fetch(withQuery(path, query), init);
    } catch (error) {
      // Whoever gave up knows why.
      if (signal?.aborted === true) throw error;
      throw ProblemError.noAnswer(error);
    }
  };

  const send = async (path: string, options: SendOptions = {}): Promise<Response> => {
    let response = await once(path, options);
    if (response.status === 401 && onRefused?.() === true) response = await once(path, options);
    if (!response.ok) throw await readProblem(response);
    return response;
  };

  const ask = async <T>(path: string, options: SendOptions = {}): Promise<Answer<T>> => {
    const response = await send(path, options);
    const text = await response.text();
    // The gateway that serves this page serves its API, too: the shapes are those of the same release.
    const value = (text === "" ? undefined : JSON.parse(text)) as T;
    const etag = response.headers.get("ETag") ?? undefined;
    return { value, status: response.status, headers: response.headers, etag };
  };

  const value = async <T>(path: string, options: SendOptions): Promise<T> => (await ask<T>(path, options)).value;

  return {
    get: (path, options) => value(path, { ...options }),
    post: (path, json, options) => value(path, { ...options, method: "POST", json }),
    put: (path, json, options) => value(path, { ...options, method: "PUT", json }),
    patch: (path, json, options) => value(path, { ...options, method: "PATCH", json }),
    delete: (path, options) => value(path, { ...options, method: "DELETE" }),
    ask,
    send,
  };
}

function withQuery(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value]) params.append(name, String(each));
  }
  const text = params.toString();
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
}
