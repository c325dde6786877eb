import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Callable } from "../client/callable.ts";
import type { Context } from "./context.ts";
import { type Check, type Schema, isSchema } from "./schema.ts";

/**
 * A function of a service: gets the caller's params and the call's context, returns the result or a promise of it.
 * `undefined` is "no result", bytes go out as they are, everything else as JSON. An async generator streams.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a handler without annotations, as in plain JavaScript, must type-check
export type Handler<Params = any, Result = unknown> = (params: Params, context: Context) => Result;

/**
 * What a handler gets as its first argument: the params as one value (the default), the body's bytes as they arrive,
 * or its items one by one.
 */
export type Receives = "value" | "bytes" | "items";

/** One function as the host serves it. */
export interface Endpoint {
  readonly name: string;
  readonly handler: Handler;
  /** `http`: the handler is a fetch handler, from `Request` to `Response`. */
  readonly receives: Receives | "http";
  /** `undefined` when no schema was given. Checks the value, or each item when the function receives items. */
  readonly checkInput: Check | undefined;
  /** `undefined` when no schema was given. Checks the result, or each item of a streamed one. */
  readonly checkOutput: Check | undefined;
  /** `input_schema` and `output_schema` (JSON Schema), `description`, `receives` when it is not `value`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The errors a function declares: the schema of `PublicError.data` by the error's `reason`. */
export type ErrorSchemas = Readonly<Record<string, Schema>>;

/** What a function says about itself. */
export interface FunctionOptions<
  Input extends Schema = Schema,
  Output extends Schema = Schema,
  Errors extends ErrorSchemas = ErrorSchemas,
  R extends Receives = Receives,
> {
  /** Checks the params; the handler gets what the schema makes of them. With `receives: "items"`, each item. */
  readonly input?: Input;
  /** Checks the result, or each item of a streamed one; the caller gets what the schema makes of it. */
  readonly output?: Output;
  /** Errors the caller may count on: the schema of `PublicError.data` by `reason`. They type the client. */
  readonly errors?: Errors;
  /** Default `value`. */
  readonly receives?: R;
  readonly description?: string;
}

/** A handler and what is known about it, made by {@link fn}. */
export interface FunctionDefinition<Params = unknown, Result = unknown, Errors = unknown>
  extends FunctionOptions, Callable<Params, Result, Errors> {
  readonly receives: Receives;
  readonly handler: Handler;
}

/**
 * A function whose params, result and errors are known: checked where schemas are given, typed everywhere.
 *
 * @example
 * const sum = fn({ input: v.object({ num1: v.number(), num2: v.number() }) }, ({ num1, num2 }) => num1 + num2);
 *
 * @throws TypeError for options that cannot be meant.
 */
export function fn<
  H extends (params: Received<Input, R>, context: Context) => Returned<Output>,
  Input extends Schema = Unchecked,
  Output extends Schema = Unchecked,
  const Errors extends ErrorSchemas = ErrorSchemas,
  const R extends Receives = "value",
>(
  options: FunctionOptions<Input, Output, Errors, R>,
  handler: H,
): FunctionDefinition<Sent<Input, R, H>, Given<Output, H>, ErrorData<Errors>> {
  const { input, output, errors = {}, receives = "value", description } = options;
  if (typeof handler !== "function") throw new TypeError("fn(options, handler): the handler is not a function");
  for (const [name, schema] of [...Object.entries({ input, output }), ...Object.entries(errors)]) {
    if (schema !== undefined && !isSchema(schema)) throw new TypeError(`"${name}" is not a Standard Schema`);
  }
  if (!["value", "bytes", "items"].includes(receives)) {
    throw new TypeError(`receives must be "value", "bytes" or "items", not ${JSON.stringify(receives)}`);
  }
  if (receives === "bytes" && input !== undefined) {
    throw new TypeError(`a function that receives bytes has no input schema; check them in the handler`);
  }
  return Object.freeze({
    handler,
    receives,
    errors,
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(description !== undefined && { description }),
  });
}

/** Stands for "no schema was given". */
interface Unchecked extends Schema {
  readonly unchecked: true;
}

type Received<Input extends Schema, R extends Receives> = R extends "bytes"
  ? ReadableStream<Uint8Array>
  : R extends "items"
    ? AsyncIterable<Parsed<Input>>
    : Parsed<Input>;

// A handler without a schema is taken at its word: whatever it says its first parameter is.
type Parsed<S extends Schema> = S extends Unchecked ? Parameters<Handler>[0] : StandardSchemaV1.InferOutput<S>;

type Returned<Output extends Schema> = Output extends Unchecked
  ? unknown
  : OrPromise<OrStream<StandardSchemaV1.InferInput<Output>>>;

type OrPromise<T> = T | PromiseLike<T>;
type OrStream<T> = T | AsyncIterable<T>;

type Sent<Input extends Schema, R extends Receives, H extends Handler> = R extends "bytes"
  ? Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  : Input extends Unchecked
    ? Parameters<H>[0]
    : R extends "items"
      ? ReadableStream<StandardSchemaV1.InferInput<Input>> | AsyncIterable<StandardSchemaV1.InferInput<Input>>
      : StandardSchemaV1.InferInput<Input>;

type Given<Output extends Schema, H extends Handler> = Output extends Unchecked
  ? Awaited<ReturnType<H>>
  : Awaited<ReturnType<H>> extends AsyncIterable<unknown>
    ? AsyncIterable<StandardSchemaV1.InferOutput<Output>>
    : StandardSchemaV1.InferOutput<Output>;

type ErrorData<Errors extends ErrorSchemas> = {
  readonly [Reason in keyof Errors]: StandardSchemaV1.InferInput<Errors[Reason]>;
};
