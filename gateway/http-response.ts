import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { decodeResponseHead } from "../mesh/http.ts";
import { type RequestFacts, answerHeaders } from "./request-facts.ts";
import { untilBroken } from "./stream-response.ts";

/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const BODILESS = new Set([204, 205, 304]);

/**
 * The response that a service gave, with what the gateway adds to every answer.
 * @throws MeshError `bad_reply` for a head that is none.
 */
export function httpResponse({ payload, stream }: Reply, head: string, facts: RequestFacts): Response {
  const { status, headers: fields } = decodeResponseHead(head);
  const body = stream === undefined ? (payload as Uint8Array<ArrayBuffer>) : untilBroken(stream.bytes);
  try {
    const headers = new Headers(fields);
    const { "Content-Type": _own, ...added } = answerHeaders(facts, "");
    for (const [name, value] of Object.entries(added)) headers.append(name, value);
    return new Response(BODILESS.has(status) || (stream === undefined && payload.length === 0) ? null : body, {
      status,
      headers,
    });
  } catch (error) {
    throw new MeshError("bad_reply", "the service's response holds header fields that are not valid", { cause: error });
  }
}
