import * as v from "valibot";
import { FETCH_FUNCTION } from "../../mesh/http.ts";
import type { ApiClient } from "../api/api-client.ts";
import { FUNCTIONS_PATH, functionId } from "../api/functions.ts";
import { Failure } from "../failure.ts";

/** The function that a stored function is, in the service of its label; records name only the label. */
const STORED_FUNCTION = "handler";

/** A call as it is sent to a gateway. */
export interface RepeatedCall {
  readonly path: string;
  readonly method: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** What is recorded of a request to a service that is a fetch handler. */
const httpPayload = v.object({
  method: v.string(),
  path: v.string(),
  query: v.optional(v.record(v.string(), v.union([v.string(), v.array(v.string())])), {}),
  body: v.optional(v.unknown()),
});

/**
 * The call of a recorded invocation once more, as it came to the gateway: its function is called, a request is sent, or a
 * stored function is invoked.
 * @param api knows the stored functions.
 * @throws Failure when it cannot be asked, and for what is no request.
 */
export async function repeatedCall(
  source: string,
  payload: unknown,
  { project, api }: { readonly project: string; readonly api: ApiClient },
): Promise<RepeatedCall> {
  const [service = "", name = STORED_FUNCTION] = source.split(".");
  const id = name === STORED_FUNCTION ? await functionId(api, service) : undefined;
  if (id !== undefined) return { ...post({ data: payload }), path: `${FUNCTIONS_PATH}/invoke/${id}` };
  const request = name === FETCH_FUNCTION ? v.safeParse(httpPayload, payload) : undefined;
  if (request?.success === true) return httpCall(service, request.output, project);
  return { ...post(payload), path: `/v1/call/${project}/${service}/${name}` };
}

function httpCall(service: string, sent: v.InferOutput<typeof httpPayload>, project: string): RepeatedCall {
  const { method, body } = sent;
  // So the functions service is reached as well: below this it gets the path as it was.
  const prefix = `/v1/http/${project}/${service}`;
  const fields = Object.entries(sent.query).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const query = fields.length === 0 ? "" : `?${new URLSearchParams(fields)}`;
  const target = prefix + writtenPath(sent.path, prefix) + query;
  if (body === undefined) return { method, path: target };
  // The record does not say of which type it was: what is no text was JSON, or a form.
  const text = typeof body === "string" ? { contentType: "text/plain; charset=utf-8", body } : post(body);
  return { ...text, method, path: target };
}

/**
 * A recorded path as it stands in a URL. Whoever called may have written, as params of a function, what only looks like a
 * request, to another service in the name of whoever repeats it.
 * @throws Failure
 */
function writtenPath(path: string, prefix: string): string {
  if (path.startsWith("/") && path.isWellFormed()) {
    const written = encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
    if (new URL(`http://gateway${prefix}${written}`).pathname === prefix + written) return written;
  }
  throw new Failure(`the invocation cannot be repeated: ${JSON.stringify(path)} is no path of a request`);
}

function post(value: unknown): Omit<RepeatedCall, "path"> {
  return {
    method: "POST",
    contentType: "application/json",
    ...(value !== undefined && { body: JSON.stringify(value) }),
  };
}
