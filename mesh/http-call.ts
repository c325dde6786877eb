import { type Body, gatherBody } from "./body.ts";
import type { Reply } from "./call.ts";
import { MeshError } from "./errors.ts";
import { decodeResponseHead, encodeHead, endToEnd } from "./http.ts";
import { fromProblem } from "./problem.ts";

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

/**
 * The reply, unless it carries a response that tells of an error: for callers who want a value and know nothing of HTTP.
 * @throws MeshError what the response says if it is a problem document, else `function_failed` with its status.
 */
export async function withoutError(reply: Reply): Promise<Reply> {
  if (reply.httpHead === undefined) return reply;
  const { status, headers } = decodeResponseHead(reply.httpHead);
  if (status < 400) return reply;
  const { payload } = await gatherBody(reply);
  const retryAfterSeconds = Number(new Headers(headers).get("retry-after") ?? Number.NaN);
  const description = `the function answered with status ${status}`;
  throw fromProblem(new TextDecoder().decode(payload), { description, status, retryAfterSeconds });
}
