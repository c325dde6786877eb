import { CALL_HEADERS, JSON_TYPE } from "../mesh/call.ts";
import type { Body } from "../mesh/body.ts";
import { MeshError } from "../mesh/errors.ts";
import { gather, tooLarge } from "../mesh/gather.ts";
import { decodePayload, mediaType } from "../mesh/payload.ts";
import type { Receives } from "./function.ts";

/** Media type of an event that is one JSON document (CloudEvents, structured content mode). */
const EVENT_TYPE = "application/cloudevents+json";
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** A query by its names; values of a name that stands there more than once are joined by commas. */
export function queryOf(url: URL): Readonly<Record<string, string>> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name).join(",")]));
}

/**
 * The params of an HTTP request: its body, the data of the event that it is, or the query where the method has no body.
 * @throws MeshError `payload_too_large`, and `invalid_request` for an event that is none.
 */
export async function bodyIn(
  { method, headers, body }: Request,
  url: URL,
  { receives, maxBytes }: { readonly receives: Receives; readonly maxBytes: number },
): Promise<Body> {
  if (method !== "POST") return json(queryOf(url));
  const contentType = headers.get(CALL_HEADERS.contentType) ?? JSON_TYPE;
  if (body === null) return { contentType, payload: NOTHING };
  if (receives !== "value") {
    return { contentType, payload: NOTHING, stream: { bytes: body, lengthBytes: undefined } };
  }
  if (Number(headers.get("content-length") ?? 0) > maxBytes) {
    await body.cancel();
    throw tooLarge(maxBytes);
  }
  const payload = await gather(body, maxBytes);
  return mediaType(contentType) === EVENT_TYPE
    ? dataOf(decodePayload({ contentType, payload }))
    : { contentType, payload };
}

/** An event's data: JSON as it is, or bytes in base64. */
function dataOf(event: unknown): Body {
  if (typeof event !== "object" || event === null || !("specversion" in event)) {
    throw new MeshError("invalid_request", "the body is no CloudEvent: it has no specversion");
  }
  if ("data_base64" in event && typeof event.data_base64 === "string") {
    try {
      const payload = Uint8Array.from(atob(event.data_base64), (char) => char.charCodeAt(0));
      const contentType = "datacontenttype" in event ? String(event.datacontenttype) : "application/octet-stream";
      return { contentType, payload };
    } catch (error) {
      throw new MeshError("invalid_request", "the event's data_base64 is not base64", { cause: error });
    }
  }
  return "data" in event ? json(event.data) : { contentType: JSON_TYPE, payload: NOTHING };
}

function json(value: unknown): Body {
  return { contentType: JSON_TYPE, payload: encoder.encode(JSON.stringify(value)) };
}
