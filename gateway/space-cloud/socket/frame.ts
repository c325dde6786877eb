import { memberText } from "../member-text.ts";
import type { SocketFrame } from "../socket.ts";
import type { WorkerRequest } from "../workers.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a client sent; `undefined` when it is no JSON object. Parts that are missing, or are something else, are empty. */
export function readFrame(text: string): SocketFrame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { type, data, id } = value;
  return { type: textOf(type) ?? "", data: isRecord(data) ? data : {}, id: textOf(id) ?? "" };
}

/** The text of `params` in a frame, as it was written; `undefined` when there are none. */
export function paramsText(frame: string): string | undefined {
  const data = memberText(encoder.encode(frame), "data");
  const params = data && memberText(data, "params");
  return params && decoder.decode(params);
}

/** The frame that hands a call to a worker. */
export function requestFrame({ id, service, func, params, auth }: WorkerRequest): string {
  // Ids and names need no escaping; params and claims are JSON already.
  return `{"type":"service-request","data":{"id":"${id}","auth":${auth},"params":${params},"service":"${service}","func":"${func}","error":""},"id":""}`;
}

/** A member that is to be text, where it is. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
