/** The function that a stored function is, in the service of its label; records name only the label. */
const STORED_FUNCTION = "handler";

/** The function that a service of HTTP requests is. */
const FETCH_FUNCTION = "fetch";

/** A call as it is sent to the gateway. */
export interface RepeatedCall {
  readonly path: string;
  readonly method: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** Service and function of a record's source. */
export function addressOf(source: string): { readonly service: string; readonly name: string } {
  const dot = source.indexOf(".");
  if (dot < 0) return { service: source, name: STORED_FUNCTION };
  return { service: source.slice(0, dot), name: source.slice(dot + 1) };
}

/** The label under which a source may be stored; `undefined`: it is no stored function. */
export function labelOf(source: string): string | undefined {
  const { service, name } = addressOf(source);
  return name === STORED_FUNCTION ? service : undefined;
}

/**
 * The call of a recorded invocation once more, as it came to the gateway.
 * @param storedId of the stored function, when it is one.
 */
export function repeatedCall(
  source: string,
  payload: unknown,
  { project, storedId }: { readonly project: string; readonly storedId?: string | undefined },
): RepeatedCall {
  const { service, name } = addressOf(source);
  if (storedId !== undefined) return { ...post({ data: payload }), path: `/api/v1/functions/invoke/${storedId}` };
  const request = name === FETCH_FUNCTION ? httpCall(`/v1/http/${project}/${service}`, payload) : undefined;
  return request ?? { ...post(payload), path: `/v1/call/${project}/${service}/${name}` };
}

/** A recorded request to a service of HTTP requests; `undefined` for what is none, or is none that reaches only this service. */
function httpCall(prefix: string, payload: unknown): RepeatedCall | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const { method, path, query = {}, body } = payload as Readonly<Record<string, unknown>>;
  if (typeof method !== "string" || typeof path !== "string" || typeof query !== "object") return undefined;
  const written = encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent);
  if (!path.startsWith("/") || new URL(prefix + written, "http://gateway").pathname !== prefix + written) {
    return undefined;
  }
  const fields = Object.entries(query ?? {}).flatMap(([field, values]) =>
    [values].flat().map((value) => [field, String(value)]),
  );
  const target = `${prefix}${written}${fields.length === 0 ? "" : `?${new URLSearchParams(fields)}`}`;
  if (body === undefined) return { method, path: target };
  const text = typeof body === "string" ? { contentType: "text/plain; charset=utf-8", body } : post(body);
  return { ...text, method, path: target };
}

function post(value: unknown): Omit<RepeatedCall, "path"> {
  const body = JSON.stringify(value) as string | undefined;
  return { method: "POST", contentType: "application/json", ...(body !== undefined && { body }) };
}
