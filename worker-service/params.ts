import type { Broker, IncomingMessage } from "../mesh/broker.ts";
import { receivedBody } from "../mesh/received-body.ts";
import { MeshError } from "../mesh/errors.ts";
import { streamOf } from "../mesh/gather.ts";
import { readItems } from "../mesh/items.ts";
import { type Body, gatherBody } from "../mesh/body.ts";
import { decodePayload } from "../mesh/payload.ts";
import type { CallLifetime } from "../mesh/call-lifetime.ts";
import type { Endpoint } from "./function.ts";
import { carriesRequest, toRequest } from "./http-exchange.ts";

/** What reading params needs besides them. */
export interface ReadParamsOptions {
  readonly broker: Broker;
  readonly lifetime: CallLifetime;
}

/**
 * What a handler gets as its first argument, or a promise of it: the params as one checked value, their bytes or their
 * items, or the HTTP request that the call carries, as its function says.
 *
 * @throws MeshError `invalid_request` when they are not what their type or the schema says; also the promise's.
 */
export function readParams(
  message: IncomingMessage,
  endpoint: Endpoint,
  { broker, lifetime }: ReadParamsOptions,
): unknown {
  const isHttp = endpoint.receives === "http";
  if (carriesRequest(message.headers) !== isHttp) throw misdirected(endpoint.receives);
  const body = receivedBody(message, broker, lifetime);
  return isHttp ? toRequest(body, message.headers, lifetime.signal) : paramsIn(body, endpoint);
}

/**
 * The same of a body, for a function that is no fetch handler.
 * @throws MeshError as {@link readParams}.
 */
export function paramsIn(body: Body, { receives, checkInput }: Endpoint): unknown {
  if (receives === "bytes") return bytesOf(body);
  if (receives === "items") return checkedItems(readItems(bytesOf(body)), checkInput);
  if (body.stream === undefined) return check(decodePayload(body), checkInput);
  return gatherBody(body).then((whole) => check(decodePayload(whole), checkInput));
}

/** Rules see an HTTP request or params: what came by the way of the one must not be taken for the other. */
function misdirected(receives: Endpoint["receives"]): MeshError {
  const text =
    receives === "http"
      ? "this service answers HTTP requests: send them to /v1/http/{project}/{service}/, or call it with a Request"
      : "this function takes no HTTP requests: call it at /v1/call/{project}/{service}/{function}";
  return new MeshError("invalid_request", text);
}

/** A body's bytes as they come, also of one that is there already. */
function bytesOf({ payload, stream }: Body): ReadableStream<Uint8Array> {
  return stream?.bytes ?? streamOf(payload);
}

function check(value: unknown, by: Endpoint["checkInput"]): unknown {
  return by === undefined ? value : by(value);
}

async function* checkedItems(
  items: AsyncIterable<unknown>,
  by: Endpoint["checkInput"],
): AsyncGenerator<unknown, void, undefined> {
  for await (const item of items) yield await check(item, by);
}
