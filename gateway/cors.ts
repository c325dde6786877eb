import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { STREAM_HEADERS } from "../mesh/stream.ts";
import type { CorsPolicy, LivePolicy } from "./policy.ts";

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
    const permission = await handler(c, next);
    // Some browsers of 2019's clients took nothing but this status for a yes.
    return permission instanceof Response
      ? new Response(null, { status: 200, headers: permission.headers })
      : undefined;
  };
}

function isListed(origin: string, { origins }: CorsPolicy): boolean {
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
