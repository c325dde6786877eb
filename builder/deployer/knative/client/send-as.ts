import type { KubeAccess, Proof } from "./access.ts";

/** A request to the API server. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  readonly path: string;
  /** As rights name it: `get`, `list`, `patch`. */
  readonly verb: string;
  /** For errors: `services.serving.knative.dev "adder" in namespace "shop"`. */
  readonly what: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Sends a request once, with what shows who asks; and once more when that was refused and a newer one is to be had. */
export async function sendAs(access: KubeAccess, request: KubeRequest, how: BunFetchRequestInit): Promise<Response> {
  const proof = await access.proof(request);
  const response = await send(access, request, { ...how, ...headOf(request, proof) });
  if (response.status !== 401 || !access.refused(proof)) return response;
  await response.body?.cancel();
  return send(access, request, { ...how, ...headOf(request, await access.proof(request)) });
}

function headOf({ contentType }: KubeRequest, { headers, tls }: Proof): BunFetchRequestInit {
  return {
    headers: {
      accept: "application/json",
      "user-agent": "functions-mesh",
      ...(contentType !== undefined && { "content-type": contentType }),
      ...headers,
    },
    tls,
  };
}

function send({ server, proxy }: KubeAccess, request: KubeRequest, how: BunFetchRequestInit): Promise<Response> {
  const { method, path, body, signal } = request;
  // The server may be behind a path of its own.
  const url = `${server.origin}${server.pathname.replace(/\/$/, "")}${path}`;
  return fetch(url, {
    method,
    redirect: "manual",
    signal,
    ...(body !== undefined && { body }),
    ...(proxy !== undefined && { proxy }),
    ...how,
  });
}
