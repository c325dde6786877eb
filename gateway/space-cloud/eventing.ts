import { Hono } from "hono";
import { MeshError } from "../../mesh/errors.ts";
import { requestFacts } from "../request-facts.ts";
import { spaceCloudError } from "./answer.ts";

/** Where events were queued: from 0.13 to 0.15 under the second name, else under the first. */
const ROUTES = ["/v1/api/:project/eventing/*", "/v1/api/:project/event-triggers/*"];

/** Says what servers of 2019 said whose eventing was switched off, which their clients are prepared for. */
export function eventingRoutes(): Hono {
  const app = new Hono();
  for (const route of ROUTES) {
    app.all(route, (c) => {
      const error = new MeshError("function_not_found", "This feature isn't enabled");
      return spaceCloudError(error, error.status, requestFacts(c.req.raw.headers));
    });
  }
  return app;
}
