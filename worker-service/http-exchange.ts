import type { Body } from "../mesh/body.ts";
import type { MessageHeaders } from "../mesh/broker.ts";
import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { peek } from "../mesh/gather.ts";
import { HTTP_HEADERS, decodeRequestHead, encodeHead } from "../mesh/http.ts";

/** The body of a reply that carries an HTTP response. */
export interface HttpReply extends Body {
  readonly httpHead: string;
}

const NO_BODY = new Uint8Array(0);
const BODILESS_METHODS = new Set(["GET", "HEAD"]);
/** Fields that every hop on the way continues: the call's own are newer than those that the request was sent with. */
const CONTINUED = [CALL_HEADERS.traceparent, CALL_HEADERS.tracestate, CALL_HEADERS.baggage, CALL_HEADERS.requestId];

/** Whether a call carries an HTTP request. */
export function carriesRequest(headers: MessageHeaders): boolean {
  return headers[HTTP_HEADERS.request] !== undefined;
}

/**
 * The HTTP request that a call carries.
 * @throws MeshError `invalid_request` when it carries none.
 */
export function toRequest({ payload, stream }: Body, headers: MessageHeaders, signal: AbortSignal): Request {
  const { method, url, headers: fields } = decodeRequestHead(headers[HTTP_HEADERS.request] ?? "");
  const bytes = payload.length === 0 ? null : (payload as Uint8Array<ArrayBuffer>);
  const body = BODILESS_METHODS.has(method) ? null : (stream?.bytes ?? bytes);
  try {
    const how = { method, headers: fields, signal, ...(body !== null && { body, duplex: "half" }) };
    const request = new Request(url, how);
    for (const name of CONTINUED) {
      const value = headers[name];
      if (value === undefined) request.headers.delete(name);
      else request.headers.set(name, value);
    }
    // Bun makes a GET of what it does not know; the rule has seen something else.
    if (request.method === method) return request;
  } catch (error) {
    throw new MeshError("invalid_request", "the call carries no valid HTTP request", { cause: error });
  }
  throw new MeshError("invalid_request", `the method ${JSON.stringify(method.slice(0, 40))} is not known`);
}

/** The reply that carries a response: with its body where that is there at once, else as a stream. */
export async function fromResponse(response: Response, maxInlineBytes: number): Promise<HttpReply> {
  const { status, body } = response;
  const headers = new Headers(response.headers);
  // What fetch has got is decoded already, though its fields still tell of what was sent.
  if (response.url !== "") for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const bytes = body === null ? NO_BODY : await peek(body, maxInlineBytes);
  // Bun leaves out what the Fetch standard has a text body say of itself.
  if (!headers.has("content-type") && isText(bytes)) headers.set("content-type", "text/plain;charset=UTF-8");
  const contentType = headers.get("content-type") ?? "application/octet-stream";
  const httpHead = encodeHead({ status, headers: [...headers] });
  if (bytes instanceof Uint8Array) return { contentType, payload: bytes, httpHead };
  return { contentType, payload: NO_BODY, stream: { bytes, lengthBytes: undefined }, httpHead };
}

function isText(body: Uint8Array | ReadableStream): boolean {
  if (!(body instanceof Uint8Array) || body.length === 0) return false;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body) !== "";
  } catch {
    return false;
  }
}
