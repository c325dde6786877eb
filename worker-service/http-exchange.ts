import type { Body } from "../mesh/body.ts";
import type { MessageHeaders } from "../mesh/broker.ts";
import { MeshError } from "../mesh/errors.ts";
import { peek } from "../mesh/gather.ts";
import { HTTP_HEADERS, type HttpRequestHead, decodeRequestHead, encodeHead, endToEnd } from "../mesh/http.ts";

/** The body of a reply that carries an HTTP response. */
export interface HttpReply extends Body {
  readonly httpHead: string;
}

const NO_BODY = new Uint8Array(0);
const BODILESS_METHODS = new Set(["GET", "HEAD"]);

/**
 * The HTTP request that a call carries; one that carries none is a POST of its params to `/`.
 * @throws MeshError `invalid_request` for a head that is none.
 */
export function toRequest(
  { contentType, payload, stream }: Body,
  headers: MessageHeaders,
  signal: AbortSignal,
): Request {
  const { method, url, headers: fields } = headOf(headers, contentType);
  const body = stream?.bytes ?? (payload as Uint8Array<ArrayBuffer>);
  try {
    return new Request(url, {
      method,
      headers: fields,
      signal,
      ...(!BODILESS_METHODS.has(method) && { body, duplex: "half" }),
    });
  } catch (error) {
    throw new MeshError("invalid_request", "the call carries no valid HTTP request", { cause: error });
  }
}

/** The reply that carries a response: with its body where that is there at once, else as a stream. */
export async function fromResponse(response: Response, maxInlineBytes: number): Promise<HttpReply> {
  const { status, headers, body } = response;
  const contentType = headers.get("content-type") ?? "application/octet-stream";
  const httpHead = encodeHead({ status, headers: endToEnd(headers) });
  const bytes = body === null ? NO_BODY : await peek(body, maxInlineBytes);
  if (bytes instanceof Uint8Array) return { contentType, payload: bytes, httpHead };
  return { contentType, payload: NO_BODY, stream: { bytes, lengthBytes: undefined }, httpHead };
}

function headOf(headers: MessageHeaders, contentType: string): HttpRequestHead {
  const text = headers[HTTP_HEADERS.request];
  if (text !== undefined) return decodeRequestHead(text);
  return { method: "POST", url: "http://localhost/", headers: [["content-type", contentType]] };
}
