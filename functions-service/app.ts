import { Hono } from "hono";
import { addOperations } from "./api/serve.ts";
import type { ApiParts, RequestContext } from "./api/operation.ts";
import { OPERATIONS } from "./api/operations.ts";
import { openApiDocument } from "./api/openapi.ts";
import { type SwaggerAssets, swaggerUi } from "./api/swagger-ui.ts";

/** What the API of one project is made of. */
export interface FunctionsAppParts extends Omit<ApiParts, "now"> {
  /** The clock. */
  readonly now?: () => Date;
  /** The files of Swagger UI. Without them there is no interactive documentation, and its path is not found. */
  readonly swaggerAssets?: SwaggerAssets | undefined;
  /** Shown in the API's document. Default: `0.0.0`. */
  readonly version?: string;
}

/** Answers requests, in the name of whom their context says. A mesh service's fetch handler. */
export interface FunctionsApp {
  fetch(this: void, request: Request, context: RequestContext): Response | Promise<Response>;
}

/**
 * The HTTP API of the functions service for one project: `docs/functions.md`.
 * @example defineService("functions", createFunctionsApp({ store, project: "shop" }).fetch)
 */
export function createFunctionsApp({
  swaggerAssets,
  version = "0.0.0",
  now = () => new Date(),
  ...parts
}: FunctionsAppParts): FunctionsApp {
  let document: string | undefined;
  const pages = new Hono<{ Bindings: RequestContext }>();
  pages.get("/api/v1/functions/openapi.json", (c) => {
    document ??= JSON.stringify(openApiDocument(OPERATIONS, version));
    return c.body(document, 200, { "Content-Type": "application/json" });
  });
  if (swaggerAssets !== undefined) pages.route("/api/v1/functions/swagger-ui", swaggerUi(swaggerAssets));
  const app = addOperations(pages, OPERATIONS, { ...parts, now });
  return { fetch: (request, context) => app.fetch(request, context) };
}
