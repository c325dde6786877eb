import * as v from "valibot";
import { type Call, JSON_TYPE, type Reply } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { type Payload, decodePayload, mediaType } from "../../../mesh/payload.ts";
import { sealClaims } from "../../auth/claims.ts";
import { ruleParams } from "../../rule-params.ts";
import { memberText } from "../member-text.ts";

/** What a peer of 2019 asks for. */
export interface NatsRequest extends Payload {
  readonly func: string;
  /** JSON text of the caller's claims, in ASCII. */
  readonly claimsJson: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NULL = encoder.encode("null");

const requestSchema = v.object({
  func: v.string(),
  service: v.optional(v.string()),
  auth: v.nullish(v.custom<Readonly<Record<string, unknown>>>(isObject), {}),
});

/** The params of a call as JSON text; `undefined` when they are something else. */
export function paramsText({ contentType, payload, stream, httpHead }: Call): string | undefined {
  const type = mediaType(contentType);
  const isJson = type === "" || type === JSON_TYPE || type.endsWith("+json");
  if (!isJson || stream !== undefined || httpHead !== undefined) return undefined;
  // It is parsed so that it is one value: what is no JSON could say more than params in the middle of a request.
  return decodePayload({ contentType: JSON_TYPE, payload }) === undefined ? "null" : decoder.decode(payload);
}

/** The request for a call of `service`, all six members of it. */
export function encodeRequest(to: { service: string; function: string }, auth: string, params: string): Uint8Array {
  const [service, func] = [JSON.stringify(to.service), JSON.stringify(to.function)];
  return encoder.encode(`{"id":"","auth":${auth},"params":${params},"service":${service},"func":${func},"error":""}`);
}

/** The request that workers of the first generation understand: their subject says the rest. */
export function encodeFirstRequest(auth: string, params: string): Uint8Array {
  return encoder.encode(`{"auth":${auth},"params":${params}}`);
}

/**
 * Reads what a worker answered.
 * @throws MeshError `function_failed` with the worker's own words, `bad_reply`.
 */
export function decodeAnswer(payload: Uint8Array): Reply {
  const answer = parseObject(payload);
  if (answer === undefined) throw new MeshError("bad_reply", "the worker's reply is not a JSON object");
  const { error } = answer;
  if (typeof error === "string" && error !== "") throw new MeshError("function_failed", error);
  return jsonReply(memberText(payload, "params") ?? NULL);
}

/**
 * Reads what a worker of the first generation answered: the result alone.
 * @throws MeshError `bad_reply`
 */
export function decodeFirstAnswer(payload: Uint8Array): Reply {
  if (parseObject(payload) === undefined) throw new MeshError("bad_reply", "the worker's reply is not a JSON object");
  return jsonReply(payload);
}

/**
 * Reads a request that came at the subject of `service`.
 * @throws MeshError `invalid_request`
 */
export function decodeRequest(payload: Uint8Array, service: string): NatsRequest {
  // Claims are written again, which takes long for what is nested deep.
  const parsed = v.safeParse(requestSchema, ruleParams({ contentType: JSON_TYPE, payload }));
  if (!parsed.success) throw new MeshError("invalid_request", "the request is not JSON with func, auth and params");
  const { func, auth, service: named = service } = parsed.output;
  if (named !== service) {
    const text = `the request is for service ${JSON.stringify(named.slice(0, 80))} and came to that of "${service}"`;
    throw new MeshError("invalid_request", text);
  }
  const { claimsJson } = sealClaims(auth);
  return { func, claimsJson, contentType: JSON_TYPE, payload: memberText(payload, "params") ?? NULL };
}

/** The answer with a result, which is JSON. */
export function encodeAnswer(result: Uint8Array): Uint8Array {
  const params = decoder.decode(result);
  return encoder.encode(`{"id":"","auth":null,"params":${params},"service":"","func":"","error":""}`);
}

/** The answer that says what went wrong. */
export function encodeRefusal(error: string): Uint8Array {
  return encoder.encode(JSON.stringify({ id: "", auth: null, params: null, service: "", func: "", error }));
}

function jsonReply(payload: Uint8Array): Reply {
  return { contentType: JSON_TYPE, payload, handlerMs: undefined };
}

function parseObject(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = decodePayload({ contentType: JSON_TYPE, payload });
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
