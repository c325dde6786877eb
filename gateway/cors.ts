import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { STREAM_HEADERS } from "../mesh/stream.ts";
import type { CorsPolicy, LivePolicy } from "./policy.ts";
import { isClientPath } from "./space-cloud/client-path.ts";

const EXPOSED = [
  "Authorization",
  "Content-Type",
  "ETag",
  "Fmesh-Invocation-Id",
  "Link",
  "Location",
  "Server-Timing",
  "X-Request-Id",
  "Retry-After",
  STREAM_HEADERS.length,
];

/**
 * Lets browser pages of the configured origins call (Fetch standard, CORS). The answer names the caller's own origin
 * and never `*`, because 2019's browser clients send credentials. Pages of other origins are told nothing at all.
 */
export function corsByPolicy(policy: LivePolicy): MiddlewareHandler {
  let inForce: CorsPolicy | undefined;
  let handler: MiddlewareHandler | undefined;
  return async (c, next) => {
    const origin = c.req.raw.headers.get("Origin") ?? "";
    const current = policy.current.cors;
    if (!isListed(origin, current)) {
      await next();
      c.res.headers.append("Vary", "Origin");
      return undefined;
    }
    if (handler === undefined || current !== inForce) handler = handlerFor(current);
    inForce = current;
    const answer = await handler(c, next);
    if (!(answer instanceof Response) || !isClientPath(c.req.path)) return answer;
    // Some browsers of that time took no other status for a permission, and this is what their clients were given.
    return new Response(null, { status: 200, headers: answer.headers });
  };
}

/** Whether pages of this origin may call. */
export function isListed(origin: string, { origins }: CorsPolicy): boolean {
  return origins.includes("*") || origins.includes(origin);
}

function handlerFor({ credentials, maxAgeSeconds }: CorsPolicy): MiddlewareHandler {
  return cors({
    origin: (origin) => origin,
    allowMethods: ["GET", "PUT", "POST", "PATCH", "DELETE"],
    exposeHeaders: EXPOSED,
    credentials,
    maxAge: maxAgeSeconds,
  });
}
