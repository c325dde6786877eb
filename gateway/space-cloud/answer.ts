import { gatherBody } from "../../mesh/body.ts";
import type { Reply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { withoutError } from "../../mesh/http-call.ts";
import { ITEMS_TYPE } from "../../mesh/items.ts";
import { type Payload, mediaType } from "../../mesh/payload.ts";
import type { AnswerForm } from "../policy.ts";
import { errorHeaders } from "../problem.ts";
import { type RequestFacts, answerHeaders } from "../request-facts.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WRAP_START = encoder.encode('{"result":');
const NULL = encoder.encode("null");
const ANSWER_TYPE = "application/json; charset=utf-8";

/**
 * What a function returned, as clients of 2019 read it. The result's JSON passes as it came, unparsed.
 * @throws MeshError `bad_reply` for a result that JSON cannot carry.
 */
export function spaceCloudAnswer(reply: Reply, facts: RequestFacts, form: AnswerForm): Response | Promise<Response> {
  const json = jsonResult(reply);
  return json instanceof Promise ? json.then((late) => answered(late, facts, form)) : answered(json, facts, form);
}

/**
 * What a function returned, as JSON; bytes that are JSON as they came.
 * @throws MeshError `bad_reply` for a result that JSON cannot carry.
 */
export function jsonResult(reply: Reply): Uint8Array | Promise<Uint8Array> {
  if (reply.stream === undefined && reply.httpHead === undefined) return resultJson(reply);
  return withoutError(reply)
    .then((begun) => gatherBody(begun))
    .then(resultJson);
}

/** Says what went wrong as that contract does: always JSON, `{"error":"…"}`. */
export function spaceCloudError(error: MeshError, status: number, facts: RequestFacts): Response {
  const headers = { ...answerHeaders(facts, ANSWER_TYPE), ...errorHeaders(error, status, facts) };
  return new Response(JSON.stringify({ error: error.message }), { status, headers });
}

function answered(json: Uint8Array, facts: RequestFacts, form: AnswerForm): Response {
  // The broker hands over bytes in an ordinary buffer; the type would allow a shared one.
  const body = form === "bare" ? (json as Uint8Array<ArrayBuffer>) : wrap(json);
  return new Response(body, { headers: answerHeaders(facts, ANSWER_TYPE) });
}

function resultJson({ contentType, payload }: Payload): Uint8Array {
  if (payload.length === 0) return NULL;
  const type = mediaType(contentType);
  if (type === ITEMS_TYPE) return itemsArray(payload);
  if (type.startsWith("text/")) return encoder.encode(JSON.stringify(textOf(payload)));
  if (/^application\/(.+\+)?json$/.test(type)) {
    checkJson(textOf(payload));
    return payload;
  }
  throw new MeshError("bad_reply", `the function returned ${contentType}, which this path cannot carry; use /v1/call/`);
}

/** That contract knows no streams: what a function yielded is an array. */
function itemsArray(lines: Uint8Array): Uint8Array {
  const items = textOf(lines).split("\n");
  const json = `[${items.filter((line) => line.trim() !== "").join(",")}]`;
  checkJson(json);
  return encoder.encode(json);
}

function textOf(payload: Uint8Array): string {
  try {
    return decoder.decode(payload);
  } catch (cause) {
    throw new MeshError("bad_reply", "the function's reply is not UTF-8 text", { cause });
  }
}

/** Clients of that time fail on whatever they cannot parse, and workers in other languages write what they like. */
function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new MeshError("bad_reply", "the function's reply is not JSON", { cause });
  }
}

function wrap(json: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(WRAP_START.length + json.length + 1);
  whole.set(WRAP_START);
  whole.set(json, WRAP_START.length);
  whole[whole.length - 1] = 0x7d; // }
  return whole;
}
