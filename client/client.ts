import type { CallOptions } from "../mesh/caller.ts";
import type { MeshError } from "../mesh/errors.ts";
import { isName } from "../mesh/names.ts";
import { type CallPromise, type StreamPromise, callPromise } from "./call-promise.ts";
import type { Callable } from "./callable.ts";
import type { Arrived, IsAny, Serialized } from "./serialized.ts";
import type { Transport } from "./transport.ts";

/** What a client needs to know of a service: what `typeof service` says. */
export interface ServiceTypes {
  readonly name: string;
  readonly functions: object;
}

/**
 * The functions of one or several services, as methods: `client.arithmetic.sum({ num1: 1, num2: 2 })`.
 *
 * @typeParam S The type of a service, or a union: `typeof arithmetic | typeof shop`.
 */
export type Client<S extends ServiceTypes> = {
  readonly [Each in S as Each["name"]]: ServiceClient<Each["functions"]>;
};

/** The functions of one service, as methods. A fetch handler is none: it is called with `fetch`. */
export type ServiceClient<Functions> = {
  readonly [Name in keyof Functions as IsFetch<Functions[Name]> extends true ? never : Name]: ClientMethod<
    Functions[Name]
  >;
};

/** Calls one function. A function without params is called without arguments. */
export type ClientMethod<F> = (...given: Arguments<ParamsOf<F>>) => Call<ResultOf<F>, FailureOf<F>>;

/** An error the function declared; `reason` tells which, and so what `data` is. */
export type DeclaredError<Errors> = {
  readonly [Reason in keyof Errors & string]: MeshError & {
    readonly code: "function_failed";
    readonly reason: Reason;
    readonly data: Serialized<Errors[Reason]>;
  };
}[keyof Errors & string];

/** Any error that is not one of the declared. Should it have a `reason` after all, its type does not know it. */
export type OtherError = MeshError & { readonly reason: undefined };

type Arguments<Params> = undefined extends Params
  ? [params?: Params, options?: CallOptions]
  : [params: Params, options?: CallOptions];

type Call<Result, Failure> =
  IsAny<Result> extends true
    ? // Nothing is known of the function: it may stream or not.
      CallPromise<Result, Failure> & AsyncIterable<Result>
    : [Result] extends [never]
      ? CallPromise<never, Failure>
      : [Result] extends [AsyncIterable<infer Item> | ReadableStream<infer Item>]
        ? StreamPromise<Arrived<Item>, Failure>
        : CallPromise<Arrived<Result>, Failure>;

// A handler's parameters come first: a function is also a Callable of which nothing is known.
type ParamsOf<F> = F extends (...given: infer Given) => unknown
  ? Given extends readonly []
    ? undefined
    : Given[0]
  : F extends Callable<infer Params>
    ? Params
    : unknown;

type ResultOf<F> = F extends (...given: never) => infer Result
  ? Awaited<Result>
  : F extends Callable<unknown, infer Result>
    ? Result
    : unknown;

type FailureOf<F> =
  F extends Callable<unknown, unknown, infer Errors>
    ? string extends keyof Errors
      ? MeshError
      : unknown extends Errors
        ? MeshError
        : DeclaredError<Errors> | OtherError
    : MeshError;

type IsFetch<F> = F extends (...given: never) => infer Result
  ? IsAny<Result> extends true
    ? false
    : [Result] extends [never]
      ? false
      : [Result] extends [Response | Promise<Response>]
        ? true
        : false
  : false;

/** A client over any transport. Its services and functions are made when they are asked for. */
export function clientOver<S extends ServiceTypes>(transport: Transport): Client<S> {
  const services = byName("client", (service) =>
    byName(service, (name) => {
      const named = `${service}.${name}`;
      return (params?: unknown, options: CallOptions = {}) =>
        callPromise(named, transport.call(service, name, params, options), options.signal);
    }),
  );
  return services as Client<S>;
}

/**
 * Names that people and their tools read of any object, and that must not be taken for services or functions: a promise
 * has `then`, a serializer looks for `toJSON`.
 */
const NOT_OURS = new Set(["then", "toJSON", "asymmetricMatch", ...Object.getOwnPropertyNames(Object.prototype)]);

/** An object with a property for every name there can be, each made once. */
function byName(tag: string, make: (name: string) => unknown): object {
  const made = new Map<string, unknown>();
  const target = Object.freeze(Object.defineProperty({}, Symbol.toStringTag, { value: tag }));
  return new Proxy(target, {
    get(_target, key) {
      if (typeof key === "symbol" || NOT_OURS.has(key) || !isName(key)) return Reflect.get(target, key) as unknown;
      if (!made.has(key)) made.set(key, make(key));
      return made.get(key);
    },
  });
}
