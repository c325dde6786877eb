import { gatherBody } from "../../../mesh/body.ts";
import type { Broker, IncomingMessage } from "../../../mesh/broker.ts";
import type { CallLifetime } from "../../../mesh/call-lifetime.ts";
import { CALL_HEADERS, JSON_TYPE, NO_CLAIMS, decodeClaims } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { HTTP_HEADERS } from "../../../mesh/http.ts";
import { parseFunctionSubject } from "../../../mesh/subjects.ts";
import { type Payload, decodePayload, mediaType } from "../../../mesh/payload.ts";
import { receivedBody } from "../../../mesh/received-body.ts";
import type { WorkerRequest } from "../workers.ts";

/** What is needed to understand a call. */
export interface ReadingParts {
  readonly broker: Broker;
  readonly lifetime: CallLifetime;
  /** More than these are not put together out of a stream. */
  readonly maxBytes: number;
}

const decoder = new TextDecoder();

/**
 * A call of the mesh as workers of 2019 get it.
 * @throws MeshError `invalid_request` for what they could not understand, `payload_too_large`.
 */
export async function readRequest(message: IncomingMessage, parts: ReadingParts): Promise<Omit<WorkerRequest, "id">> {
  const { headers, subject } = message;
  const address = parseFunctionSubject(subject);
  if (address === undefined) throw new MeshError("invalid_request", "the subject of the call names no function");
  if (headers[HTTP_HEADERS.request] !== undefined) {
    const text = "this service takes no HTTP requests: call it at /v1/call/{project}/{service}/{function}";
    throw new MeshError("invalid_request", text);
  }
  // Read though it is not used: what is no JSON would say other things than it means in the middle of a frame.
  decodeClaims(headers);
  const body = receivedBody(message, parts.broker, parts.lifetime);
  return {
    service: address.service,
    func: address.function,
    params: paramsText(body.stream === undefined ? body : await gatherBody(body, parts.maxBytes)),
    auth: headers[CALL_HEADERS.claims] ?? NO_CLAIMS,
  };
}

/** The params' own text, which was found to be JSON. */
function paramsText({ contentType, payload }: Payload): string {
  const type = mediaType(contentType);
  if (type !== "" && type !== JSON_TYPE && !type.endsWith("+json")) {
    const text = `the function takes JSON, not ${type.slice(0, 100)}: its worker speaks the protocol of 2019`;
    throw new MeshError("invalid_request", text);
  }
  return decodePayload({ contentType: JSON_TYPE, payload }) === undefined ? "null" : decoder.decode(payload);
}
