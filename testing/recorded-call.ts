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
  /** What the handler threw, if it has. */
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
      const result = handler(params, context);
      // Only a promise is taken in hand: a stream has to reach the host as it is.
      return result instanceof Promise ? result.catch(note) : result;
    } catch (error) {
      return note(error);
    }
  };
}
