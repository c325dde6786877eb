import type { Hono } from "hono";
import { apiPath } from "./api-path.ts";
import { type CallParts, type CallPath, callHandler } from "./call-path.ts";
import { httpPath } from "./http-path.ts";
import { nativePath } from "./native-path.ts";
import { spaceCloudPath } from "./space-cloud/call.ts";
import { servicesPath } from "./space-cloud/services-path.ts";

/**
 * The paths that are worth being fast. No pattern may overlap another: one regular expression then finds them all, and no
 * other router of Hono's is as quick.
 */
export const CALL_PATHS: readonly CallPath[] = [nativePath, spaceCloudPath, servicesPath, httpPath, apiPath];

/** Adds the calls, each with one handler alone: of two for a method Hono would compose one on every call. */
export function addCalls(app: Hono, parts: CallParts): Hono {
  for (const path of CALL_PATHS) app.on([...path.methods], path.route, callHandler(path, parts));
  return app;
}
