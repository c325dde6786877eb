import { type Context, Hono } from "hono";
import { MeshError } from "../../../mesh/errors.ts";
import { requestFacts } from "../../request-facts.ts";
import { spaceCloudError } from "../answer.ts";

const PATH = /^\/v1\/api\/(?:([^/]+)\/)?socket\/json$/;
const ROUTES = ["/v1/api/socket/json", "/v1/api/:project/socket/json"];

/** What the path of a websocket says: which project, if it names one; `undefined` for any other path. */
export function socketPath(pathname: string): { readonly project: string | undefined } | undefined {
  const found = PATH.exec(pathname);
  return found === null ? undefined : { project: found[1] && decoded(found[1]) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // It is no name either way; whoever registers there is told.
    return segment;
  }
}

/** Answers at the paths of websockets where there is none: because the request asks for none, or because the platform has none. */
export function socketRoutes(platform: { readonly hasSockets: boolean }): Hono {
  const app = new Hono();
  app.on("GET", ROUTES, (c) => (platform.hasSockets ? upgradeRequired(c) : notHere(c)));
  return app;
}

function upgradeRequired(c: Context): Response {
  const text = "this path is for websockets: clients of Space Cloud open one here";
  const response = answer(c, text, 426);
  response.headers.set("Upgrade", "websocket");
  return response;
}

function notHere(c: Context): Response {
  return answer(c, "this gateway has no websockets for workers; connect to one that runs on Bun", 501);
}

function answer(c: Context, text: string, status: number): Response {
  return spaceCloudError(new MeshError("invalid_request", text, { status }), status, requestFacts(c.req.raw.headers));
}
