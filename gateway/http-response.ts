import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { decodeResponseHead, endToEnd } from "../mesh/http.ts";
import { ORIGIN_FIELDS } from "./origin-fields.ts";
import { type RequestFacts, answerHeaders } from "./request-facts.ts";
import { untilBroken } from "./stream-response.ts";

/** Statuses whose responses have no body (Fetch standard, "null body status"). */
const BODILESS = new Set([204, 205, 304]);

/** What to answer: the reply's head, and whose answer it is to which request. */
interface Answering {
  readonly httpHead: string;
  readonly facts: RequestFacts;
  readonly method: string;
}

/**
 * The response that a service gave, with what the gateway adds to every answer.
 * @throws MeshError `bad_reply` for a head that is none.
 */
export function httpResponse({ payload, stream }: Reply, answering: Answering): Response {
  let body: BodyInit | null = null;
  try {
    const { hasBody, ...head } = responseHead(answering);
    if (hasBody && stream !== undefined) body = untilBroken(stream.bytes);
    else if (hasBody && payload.length > 0) body = payload as Uint8Array<ArrayBuffer>;
    return new Response(body, head);
  } finally {
    // Nobody is going to read it; that it cannot be cancelled either is its writer's business.
    if (body === null) stream?.bytes.cancel().catch(() => undefined);
  }
}

function responseHead({ httpHead, facts, method }: Answering): { status: number; headers: Headers; hasBody: boolean } {
  const { status, headers: fields } = decodeResponseHead(httpHead);
  const hasBody = method !== "HEAD" && !BODILESS.has(status);
  try {
    // Whoever sends a body knows its length better; of one that is not there, only the service does.
    const dropped = hasBody ? [...ORIGIN_FIELDS, "content-length"] : ORIGIN_FIELDS;
    const headers = new Headers(endToEnd(new Headers(fields), dropped));
    const { "Content-Type": _own, "Server-Timing": timing = "", ...ours } = answerHeaders(facts, "");
    headers.append("Server-Timing", timing);
    for (const [name, value] of Object.entries(ours)) headers.set(name, value);
    return { status, headers, hasBody };
  } catch (error) {
    throw new MeshError("bad_reply", "the service's response holds header fields that are not valid", { cause: error });
  }
}
