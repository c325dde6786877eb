import type { Call } from "../../../mesh/call.ts";
import { decodeRequestHead } from "../../../mesh/http.ts";
import { decodePayload } from "../../../mesh/payload.ts";
import { decodedQuery, toServicePath } from "../../http-url.ts";

/** The params of a call that came without them as a value: for calls that carry HTTP, what rules saw of the request. */
export function recordedParams(call: Call): unknown {
  if (call.httpHead === undefined) return decodePayload(call);
  const { method, url } = decodeRequestHead(call.httpHead);
  const parsed = new URL(url);
  return { method, path: toServicePath(parsed.pathname).decoded(), query: decodedQuery(parsed) };
}
