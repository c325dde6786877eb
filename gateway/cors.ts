import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { CorsPolicy, LivePolicy } from "./policy.ts";

const EXPOSED = ["Authorization", "Content-Type", "Server-Timing", "X-Request-Id", "traceparent", "Retry-After"];

/**
 * Lets browser pages of the configured origins call (Fetch standard, CORS). The answer names the caller's own origin
 * and never `*`, because 2019's browser clients send credentials.
 */
export function corsByPolicy(policy: LivePolicy): MiddlewareHandler {
  let inForce: CorsPolicy | undefined;
  let handler: MiddlewareHandler | undefined;
  return (c, next) => {
    // Only browsers name an origin; no other caller has to pay for this.
    if (c.req.raw.headers.get("Origin") === null) return next();
    const current = policy.current.cors;
    if (handler === undefined || current !== inForce) handler = handlerFor(current);
    inForce = current;
    return handler(c, next);
  };
}

function handlerFor({ origins, credentials, maxAgeSeconds }: CorsPolicy): MiddlewareHandler {
  return cors({
    origin: (origin) => (origins.includes("*") || origins.includes(origin) ? origin : null),
    allowMethods: ["GET", "PUT", "POST", "DELETE"],
    exposeHeaders: EXPOSED,
    credentials,
    maxAge: maxAgeSeconds,
  });
}
