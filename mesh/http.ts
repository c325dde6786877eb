import * as v from "valibot";
import { MeshError } from "./errors.ts";

/**
 * HTTP carried over a call: the head of the request or the response is JSON in a header of the message, and its body is the
 * call's or the reply's, which may be a stream.
 */
export const HTTP_HEADERS = { request: "Fmesh-Http-Request", response: "Fmesh-Http-Response" } as const;

/** The function that a service made of a fetch handler has. */
export const FETCH_FUNCTION = "fetch";

/**
 * Which of its functions a process is called by, where HTTP is all it gets of a call. Rules have looked at the request of `fetch`,
 * and at the params of any other: what is not of the kind that was asked about refuses.
 */
export const FUNCTION_HEADER = "Fmesh-Function";

const fields = v.array(v.tuple([v.string(), v.string()]));
const requestHead = v.object({ method: v.string(), url: v.string(), headers: fields });
const responseHead = v.object({
  status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers: fields,
});

/** What stands in front of a request's body. The URL is the one that the service sees: its path begins behind the gateway's. */
export type HttpRequestHead = v.InferOutput<typeof requestHead>;

/** What stands in front of a response's body. */
export type HttpResponseHead = v.InferOutput<typeof responseHead>;

/** Header fields that speak of one connection and go no further (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The header fields that travel on, several of one name (`Set-Cookie`) one by one. */
export function endToEnd(headers: Headers, except: readonly string[] = []): [string, string][] {
  const named = (headers.get("connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named, ...except]);
  return [...headers].filter(([name]) => !dropped.has(name));
}

/** A head as a header's value: JSON in ASCII. */
export function encodeHead(head: HttpRequestHead | HttpResponseHead): string {
  return inAscii(JSON.stringify(head));
}

/** JSON text that means the same and holds nothing but ASCII, as the fields of HTTP do. */
export function inAscii(json: string): string {
  return json.replaceAll(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @throws MeshError `invalid_request` when it is no request's head. */
export function decodeRequestHead(text: string): HttpRequestHead {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), requestHead), text);
  if (parsed.success) return parsed.output;
  throw new MeshError("invalid_request", `header ${HTTP_HEADERS.request} is not the head of an HTTP request`);
}

/** @throws MeshError `bad_reply` when it is no response's head. */
export function decodeResponseHead(text: string): HttpResponseHead {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), responseHead), text);
  if (parsed.success) return parsed.output;
  throw new MeshError("bad_reply", `header ${HTTP_HEADERS.response} is not the head of an HTTP response`);
}
