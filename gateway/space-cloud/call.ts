import { gatherBody } from "../../mesh/body.ts";
import { JSON_TYPE } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { withoutError } from "../../mesh/http-call.ts";
import { ITEMS_TYPE } from "../../mesh/items.ts";
import { type Payload, decodePayload, mediaType } from "../../mesh/payload.ts";
import type { CallPath } from "../call-path.ts";
import { errorHeaders } from "../problem.ts";
import { type RequestFacts, answerHeaders } from "../request-facts.ts";
import { ruleParams } from "../rule-params.ts";
import { memberText } from "./member-text.ts";
import { bodyTimeoutMs } from "./timeout.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const WRAP_START = encoder.encode('{"result":');
const NULL = encoder.encode("null");
const ANSWER_TYPE = "application/json; charset=utf-8";

/**
 * The call path of Space Cloud, 2019: `{"params":…,"timeout":…}` in, `{"result":…}` or `{"error":"…"}` out. The body is
 * JSON whatever its content type says: the oldest clients send `text/plain`.
 */
export const spaceCloudPath: CallPath = {
  route: "/v1/api/:project/functions/:service/:function",

  methods: ["POST"],
  holdsBody: "always",

  read(_request, { payload: body }, { limits }) {
    const { timeout } = bodyObject(body);
    const payload = memberText(body, "params") ?? NULL;
    return {
      timeoutMs: bodyTimeoutMs(timeout, limits),
      idempotencyKey: undefined,
      contentType: JSON_TYPE,
      payload,
      // What the rule sees is read from the very bytes that travel: the two cannot differ.
      params: () => ruleParams({ contentType: JSON_TYPE, payload }),
    };
  },

  /** The result's JSON is wrapped as it came, unparsed. */
  succeed(reply, facts) {
    if (reply.stream === undefined && reply.httpHead === undefined) return wrapped(reply, facts);
    return withoutError(reply)
      .then((answered) => gatherBody(answered))
      .then((whole) => wrapped(whole, facts));
  },

  fail: (error, facts) => spaceCloudError(error, spaceCloudStatus(error), facts),
};

/** Says what went wrong as that contract does: always JSON, `{"error":"…"}`. */
export function spaceCloudError(error: MeshError, status: number, facts: RequestFacts): Response {
  const headers = { ...answerHeaders(facts, ANSWER_TYPE), ...errorHeaders(error, status, facts) };
  return new Response(JSON.stringify({ error: error.message }), { status, headers });
}

/** 403 for every refusal, 500 for what went wrong behind the gateway. */
function spaceCloudStatus({ code, status }: MeshError): number {
  if (code === "unauthenticated" || code === "forbidden") return 403;
  // Neither can come from a client of that time; saying what they are harms none.
  if (code === "invalid_request" || code === "payload_too_large") return status;
  return 500;
}

/** @throws MeshError `invalid_request` when the body is not a JSON object; no body at all is an empty one. */
function bodyObject(bytes: Uint8Array): { readonly timeout?: unknown } {
  const body = decodePayload({ contentType: JSON_TYPE, payload: bytes });
  if (body === undefined) return {};
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new MeshError("invalid_request", `the body is not a JSON object like {"params":…,"timeout":…}`);
}

function wrapped({ contentType, payload }: Payload, facts: RequestFacts): Response {
  return new Response(wrap(resultJson(contentType, payload)), { headers: answerHeaders(facts, ANSWER_TYPE) });
}

function resultJson(contentType: string, payload: Uint8Array): Uint8Array {
  if (mediaType(contentType) === ITEMS_TYPE) return itemsArray(payload);
  if (payload.length === 0) return NULL;
  if (/^application\/(.+\+)?json\b/i.test(contentType)) return payload;
  const value = decodePayload({ contentType, payload });
  if (typeof value === "string") return encoder.encode(JSON.stringify(value));
  throw new MeshError("bad_reply", `the function returned ${contentType}, which this path cannot carry; use /v1/call/`);
}

/** That contract knows no streams: what a function yielded is an array. */
function itemsArray(lines: Uint8Array): Uint8Array {
  return encoder.encode(`[${decoder.decode(lines).trimEnd().replaceAll("\n", ",")}]`);
}

function wrap(json: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(WRAP_START.length + json.length + 1);
  whole.set(WRAP_START);
  whole.set(json, WRAP_START.length);
  whole[whole.length - 1] = 0x7d; // }
  return whole;
}
