import type { Body } from "./body.ts";
import type { Reply } from "./call.ts";
import { MeshError } from "./errors.ts";
import { decodeResponseHead, encodeHead, endToEnd } from "./http.ts";

const NOTHING = new Uint8Array(0);
const BYTES_TYPE = "application/octet-stream";

/** The body of a call that carries an HTTP request, as fetch handlers get it. */
export function requestBody({ method, url, headers, body }: Request): Body & { readonly httpHead: string } {
  return {
    contentType: headers.get("content-type") ?? BYTES_TYPE,
    payload: NOTHING,
    stream: body === null ? undefined : { bytes: body, lengthBytes: undefined },
    httpHead: encodeHead({ method, url, headers: endToEnd(headers) }),
  };
}

/**
 * The response that a reply carries.
 * @throws MeshError `bad_reply` when it carries none.
 */
export function carriedResponse({ httpHead, payload, stream }: Reply): Response {
  if (httpHead === undefined) throw new MeshError("bad_reply", "the function answered with something else than HTTP");
  const { status, headers } = decodeResponseHead(httpHead);
  const bytes = payload.length === 0 ? null : (payload as Uint8Array<ArrayBuffer>);
  try {
    return new Response(stream?.bytes ?? bytes, { status, headers });
  } catch (error) {
    throw new MeshError("bad_reply", "the function answered with HTTP that is not valid", { cause: error });
  }
}
