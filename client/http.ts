import type { CallOptions } from "../mesh/caller.ts";
import { checkName } from "../mesh/names.ts";
import { type Client, type ServiceTypes, clientOver } from "./client.ts";
import { readAnswer } from "./http/answer.ts";
import { brokenAnswer, noAnswer } from "./http/connection-error.ts";
import { type HttpClientOptions, type HttpTarget, checkedTarget } from "./http/options.ts";
import { type RequestBody, requestBody } from "./http/request-body.ts";
import { RequestLife } from "./http/request-life.ts";
import { withRetries } from "./http/retries.ts";
import type { Transport } from "./transport.ts";

export type { CallPromise, Settled, StreamPromise } from "./call-promise.ts";
export type { Client, ClientMethod, DeclaredError, OtherError, ServiceTypes } from "./client.ts";
export type { HttpClientOptions, Token } from "./http/options.ts";
export type { CallOptions } from "../mesh/caller.ts";
export { MeshError } from "../mesh/errors.ts";

/** The header in which the gateway is told how long to wait: seconds. */
const TIMEOUT_HEADER = "X-Request-Timeout";

/** Items of a stream as events, which say when a stream breaks; else whatever the function answers. */
const ACCEPT = "text/event-stream, application/json;q=0.9, */*;q=0.8";

/** What a timer can wait for, less what is added to it; with more it would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 10_000;

/** Visible ASCII: what a token is made of (RFC 6750, 2.1), and what may stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * A typed client over HTTP, for anything that has `fetch`: browsers, Bun, Node, Deno, Workers.
 *
 * @example
 * import type { arithmetic } from "./arithmetic.ts";
 * const mesh = client<typeof arithmetic>({ url: "https://mesh.example.com", project: "my-adder", token });
 * const { sum } = await mesh.arithmetic.sum({ num1: 1, num2: 2 });
 *
 * @throws TypeError naming the option that is not valid.
 */
export function client<S extends ServiceTypes>(options: HttpClientOptions): Client<S> {
  return clientOver<S>(httpTransport(options));
}

/** The gateway's native call path as a transport. @throws TypeError naming the option that is not valid. */
export function httpTransport(options: HttpClientOptions): Transport {
  const target = checkedTarget(options);
  return {
    async call(service, name, params, callOptions) {
      checkName("service", service);
      checkName("function", name);
      callOptions.signal?.throwIfAborted();
      const timeoutMs = checkedTimeout(callOptions.timeoutMs ?? target.timeoutMs ?? Number.POSITIVE_INFINITY);
      const request = await requestBody(params);
      // A stream that was sent is gone.
      const retries = request.body instanceof ReadableStream ? 0 : target.retries;
      return await withRetries({ retries, timeoutMs, signal: callOptions.signal }, (leftMs) =>
        attempt(target, `${target.base}/${service}/${name}`, request, { ...callOptions, timeoutMs: leftMs }),
      );
    },
  };
}

async function attempt(
  target: HttpTarget,
  url: string,
  { contentType, body, failure }: RequestBody,
  { signal, timeoutMs, idempotencyKey }: CallOptions & { timeoutMs: number },
): Promise<unknown> {
  const headers = new Headers({ Accept: ACCEPT });
  if (body !== undefined) headers.set("Content-Type", contentType);
  if (Number.isFinite(timeoutMs)) headers.set(TIMEOUT_HEADER, seconds(timeoutMs));
  if (idempotencyKey !== undefined) headers.set("Idempotency-Key", idempotencyKey);
  const token = await tokenOf(target);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);

  const { origin } = target;
  const life = new RequestLife(signal, timeoutMs);
  let isAnswered = false;
  try {
    const response = await target.fetch(url, {
      method: "POST",
      headers,
      redirect: "manual",
      signal: life.signal,
      ...(body !== undefined && { body }),
      ...(body instanceof ReadableStream && { duplex: "half" }),
    });
    isAnswered = true;
    return await readAnswer(response, life, origin);
  } catch (error) {
    const reason = failure?.() ?? life.blame(error, (cause) => (isAnswered ? brokenAnswer : noAnswer)(origin, cause));
    life.end();
    throw reason;
  }
}

async function tokenOf({ token }: HttpTarget): Promise<string | undefined> {
  const given = typeof token === "function" ? await token() : token;
  // The platform's own complaint would quote it.
  if (given !== undefined && !TOKEN.test(given)) throw new TypeError("the token holds characters that no token has");
  return given;
}

function checkedTimeout(timeoutMs: number): number {
  if (!(timeoutMs > 0)) throw new TypeError(`timeoutMs must be a positive number, not ${timeoutMs}`);
  return timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : Math.min(timeoutMs, LONGEST_TIMEOUT_MS);
}

function seconds(ms: number): string {
  return (Math.max(1, Math.round(ms)) / 1000).toFixed(3);
}
