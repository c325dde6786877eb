import type { Body } from "../mesh/body.ts";
import type { MessageHeaders } from "../mesh/broker.ts";
import { MeshError } from "../mesh/errors.ts";
import { peek } from "../mesh/gather.ts";
import { HTTP_HEADERS, decodeRequestHead, encodeHead } from "../mesh/http.ts";

/** The body of a reply that carries an HTTP response. */
export interface HttpReply extends Body {
  readonly httpHead: string;
}

const NO_BODY = new Uint8Array(0);
const BODILESS_METHODS = new Set(["GET", "HEAD"]);

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
    return new Request(url, { method, headers: fields, signal, ...(body !== null && { body, duplex: "half" }) });
  } catch (error) {
    throw new MeshError("invalid_request", "the call carries no valid HTTP request", { cause: error });
  }
}

/** The reply that carries a response: with its body where that is there at once, else as a stream. */
export async function fromResponse(response: Response, maxInlineBytes: number): Promise<HttpReply> {
  const { status, headers, body } = response;
  const contentType = headers.get("content-type") ?? "application/octet-stream";
  const httpHead = encodeHead({ status, headers: [...headers] });
  const bytes = body === null ? NO_BODY : await peek(body, maxInlineBytes);
  if (bytes instanceof Uint8Array) return { contentType, payload: bytes, httpHead };
  return { contentType, payload: NO_BODY, stream: { bytes, lengthBytes: undefined }, httpHead };
}
