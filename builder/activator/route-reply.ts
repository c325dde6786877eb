import type { Body } from "../../mesh/body.ts";
import { type Broker, payloadRoom } from "../../mesh/broker.ts";
import { CALL_HEADERS, JSON_TYPE } from "../../mesh/call.ts";
import type { MeshError } from "../../mesh/errors.ts";
import { gather, peek } from "../../mesh/gather.ts";
import { encodeHead, endToEnd } from "../../mesh/http.ts";
import { ITEMS_TYPE } from "../../mesh/items.ts";
import { mediaType } from "../../mesh/payload.ts";
import { fromProblem } from "../../mesh/problem.ts";

/** What a reply says beside its status. */
export interface RouteReply extends Body {
  readonly handlerMs: number | undefined;
  readonly httpHead: string | undefined;
}

const NOTHING = new Uint8Array(0);
const BYTES_TYPE = "application/octet-stream";
/** As much of an error as anybody reads. */
const MAX_PROBLEM_BYTES = 256 * 1024;
/** The largest value that is put together of parts without a length. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;
const HANDLER_TIME = /(?:^|[\s,])fn;dur=(\d+(?:\.\d+)?)/;

/** What a function answered by HTTP, as it answers in the mesh. */
export async function routeReply(
  response: Response,
  { isHttp, broker }: { readonly isHttp: boolean; readonly broker: Broker },
): Promise<RouteReply> {
  const { headers, status } = response;
  const dur = HANDLER_TIME.exec(headers.get("Server-Timing") ?? "")?.[1];
  const handlerMs = dur === undefined ? undefined : Number(dur);
  const contentType = headers.get("Content-Type") ?? (isHttp ? BYTES_TYPE : JSON_TYPE);
  const httpHead = isHttp ? encodeHead({ status, headers: endToEnd(headers) }) : undefined;
  const body = await bodyOf(response, { contentType, isHttp, room: payloadRoom(broker) - (httpHead?.length ?? 0) });
  return { contentType, ...body, handlerMs, httpHead };
}

/** What a function, or whoever stands before it, says went wrong. */
export async function routeError(response: Response): Promise<MeshError> {
  const { status, headers } = response;
  const text = response.body === null ? "" : new TextDecoder().decode(await gather(response.body, MAX_PROBLEM_BYTES));
  return fromProblem(text, {
    description: `the function answered with status ${status}`,
    status,
    retryAfterSeconds: Number(headers.get(CALL_HEADERS.retryAfter) ?? Number.NaN),
  });
}

/** In one piece when it is short and whole; what has a length is one value, and so is JSON, whoever took its length away. */
async function bodyOf(
  { body, headers }: Response,
  { contentType, isHttp, room }: { readonly contentType: string; readonly isHttp: boolean; readonly room: number },
): Promise<Pick<Body, "payload" | "stream">> {
  if (body === null) return { payload: NOTHING };
  const length = headers.get("Content-Length");
  const lengthBytes = length === null ? undefined : Number(length);
  if (lengthBytes !== undefined && lengthBytes <= room) return { payload: await gather(body, room) };
  if (lengthBytes !== undefined) return { payload: NOTHING, stream: { bytes: body, lengthBytes } };
  if (!isHttp && isJson(contentType)) return { payload: await gather(body, MAX_VALUE_BYTES) };
  const begun = mediaType(contentType) === ITEMS_TYPE ? body : await peek(body, room);
  return begun instanceof Uint8Array
    ? { payload: begun }
    : { payload: NOTHING, stream: { bytes: begun, lengthBytes: undefined } };
}

function isJson(contentType: string): boolean {
  const type = mediaType(contentType);
  return type === JSON_TYPE || type.endsWith("+json");
}
