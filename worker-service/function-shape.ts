import { withoutError } from "../mesh/http-call.ts";
import { FETCH_FUNCTION } from "../mesh/http.ts";
import { STORED_FUNCTION } from "../mesh/names.ts";
import { decodePayload, encodePayload } from "../mesh/payload.ts";
import { toEndpoint, toHttpEndpoint } from "./endpoint.ts";
import type { Endpoint, Handler } from "./function.ts";
import { fromResponse } from "./http-exchange.ts";
import type { FetchHandler } from "./service.ts";

const MAX_INLINE_BYTES = 64 * 1024 * 1024;

/** What a deployed handler's module exports, as it is served. */
export interface FunctionShape {
  /** Its functions in the mesh. */
  readonly endpoints: readonly Endpoint[];
  /** What answers an HTTP request with this query. */
  readonly http: (query: Readonly<Record<string, string>>) => Endpoint;
}

/**
 * How a handler's module is served: `export default function (data, context)`, the same made by `fn`,
 * `export default { fetch(request) }` or `export function handler(body, query)`.
 *
 * @throws TypeError when it exports none of them.
 */
export function functionShape(module: Readonly<Record<string, unknown>>): FunctionShape {
  const { default: exported, handler } = module;
  const shape = ofDefault(exported) ?? ofHandler(handler);
  if (shape !== undefined) return shape;
  throw new TypeError(
    "the handler exports no function: write `export default function (data, context) { … }`, " +
      "`export function handler(body, query) { … }` or `export default { fetch(request) { … } }`",
  );
}

function ofDefault(exported: unknown): FunctionShape | undefined {
  if (typeof exported === "function") return ofEndpoint(toEndpoint(STORED_FUNCTION, exported));
  if (!isRecord(exported)) return undefined;
  // Only what `fn` makes has this; a CommonJS module that exports a `handler` has not.
  if (exported["receives"] !== undefined) return ofEndpoint(toEndpoint(STORED_FUNCTION, exported));
  const { fetch } = exported;
  if (typeof fetch === "function") return ofFetch((...given) => (fetch as FetchHandler).apply(exported, given));
  // A CommonJS module is the default export of what is bundled from it.
  return ofDefault(exported["default"]) ?? ofHandler(exported["handler"]);
}

function ofHandler(handler: unknown): FunctionShape | undefined {
  if (typeof handler !== "function") return ofEndpoint(toEndpoint(STORED_FUNCTION, handler));
  const withQuery = (query: Readonly<Record<string, string>>): Endpoint | undefined =>
    toEndpoint(STORED_FUNCTION, (body: unknown): unknown => (handler as Handler)(body, query as never));
  return ofEndpoint(withQuery({}), (query) => withQuery(query));
}

function ofEndpoint(
  endpoint: Endpoint | undefined,
  http: (query: Readonly<Record<string, string>>) => Endpoint | undefined = () => endpoint,
): FunctionShape | undefined {
  return endpoint && { endpoints: [endpoint], http: (query) => http(query) ?? endpoint };
}

/** A fetch handler is called with requests; and, as any stored function is, with data, which then is a request's body. */
function ofFetch(fetch: FetchHandler): FunctionShape {
  const endpoint = toHttpEndpoint(FETCH_FUNCTION, fetch);
  const withData: Handler = async (data: unknown, context) => {
    const { contentType, payload } = encodePayload(data);
    const headers = { "content-type": contentType };
    const body = payload as Uint8Array<ArrayBuffer>;
    const { signal } = context;
    const request = new Request("http://function/", { method: "POST", headers, body, signal });
    const reply = await fromResponse(await fetch(request, context), MAX_INLINE_BYTES);
    const { contentType: type, payload: bytes, stream } = await withoutError({ ...reply, handlerMs: undefined });
    return stream === undefined ? decodePayload({ contentType: type, payload: bytes }) : stream.bytes;
  };
  const stored = toEndpoint(STORED_FUNCTION, withData);
  return { endpoints: stored === undefined ? [endpoint] : [endpoint, stored], http: () => endpoint };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
