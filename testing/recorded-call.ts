import type { Claims } from "../mesh/call.ts";
import type { Context } from "../worker-service/context.ts";
import type { Handler } from "../worker-service/function.ts";
import type { ServiceDefinition } from "../worker-service/service.ts";

/** A call that reached a handler. */
export interface RecordedCall {
  /** `stock.take`. */
  readonly name: string;
  /** As the handler got them. */
  readonly params: unknown;
  /** In whose name. */
  readonly claims: Claims;
  /** The same for a call and all that its handler calls. */
  readonly requestId: string;
  /** What the handler threw, if it has; also on the way, when it streams. */
  readonly error: unknown;
}

/** The service, with a note of each call before its handler runs. */
export function recorded(definition: ServiceDefinition, calls: RecordedCall[]): ServiceDefinition {
  const endpoints = definition.endpoints.map((endpoint) => ({
    ...endpoint,
    handler: recording(endpoint.handler, `${definition.name}.${endpoint.name}`, calls),
  }));
  return { ...definition, endpoints };
}

function recording(handler: Handler, name: string, calls: RecordedCall[]): Handler {
  return (params: unknown, context: Context): unknown => {
    const call = { name, params, claims: context.claims, requestId: context.requestId, error: undefined as unknown };
    calls.push(call);
    const note = (error: unknown): never => {
      call.error = error;
      throw error;
    };
    try {
      const result: unknown = handler(params, context);
      if (result instanceof Promise) return result.catch(note);
      return isGenerator(result) ? noting(result, note) : result;
    } catch (error) {
      return note(error);
    }
  };
}

function isGenerator(result: unknown): result is AsyncGenerator {
  return Object.prototype.toString.call(result) === "[object AsyncGenerator]";
}

async function* noting(items: AsyncGenerator, note: (error: unknown) => never): AsyncGenerator {
  try {
    yield* items;
  } catch (error) {
    note(error);
  }
}
