import { Hono } from "hono";
import type { OnProgress } from "./api/event-feed.ts";
import { EventStreams } from "./api/event-streams.ts";
import { addOperations } from "./api/serve.ts";
import type { ApiParts, RequestContext } from "./api/operation.ts";
import { OPERATIONS } from "./api/operations.ts";
import { openApiDocument } from "./api/openapi.ts";
import { type SwaggerAssets, swaggerUi } from "./api/swagger-ui.ts";

/** What the API of one project is made of. */
export interface FunctionsAppParts extends Omit<ApiParts, "now" | "streams" | "wakeJobs"> {
  /** Tells when there is more to read in the journal, as a projector does. Default: it is looked every 500 milliseconds. */
  readonly onProgress?: OnProgress | undefined;
  /** How long a stream of events may say nothing, in milliseconds. Default: 15 000. */
  readonly heartbeatMs?: number | undefined;
  /** Tells whoever runs jobs that there is one. Default: they find out by themselves. */
  readonly wakeJobs?: (() => void) | undefined;
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
  /** Ends the streams of events, which have no end of their own: for who is about to stop and finishes calls before. */
  endStreams(this: void): void;
}

/**
 * The HTTP API of the functions service for one project: `docs/functions.md`.
 * @example defineService("functions", createFunctionsApp({ store, project: "shop" }).fetch)
 */
export function createFunctionsApp({
  swaggerAssets,
  version = "0.0.0",
  now = () => new Date(),
  onProgress,
  heartbeatMs,
  wakeJobs = () => undefined,
  store,
  project,
}: FunctionsAppParts): FunctionsApp {
  let document: string | undefined;
  const pages = new Hono<{ Bindings: RequestContext }>();
  pages.get("/api/v1/functions/openapi.json", (c) => {
    document ??= JSON.stringify(openApiDocument(OPERATIONS, version));
    return c.body(document, 200, { "Content-Type": "application/json" });
  });
  if (swaggerAssets !== undefined) pages.route("/api/v1/functions/swagger-ui", swaggerUi(swaggerAssets));
  const streams = new EventStreams({ journal: store.journal, project, onProgress, heartbeatMs });
  const app = addOperations(pages, OPERATIONS, { store, project, streams, now, wakeJobs });
  return { fetch: (request, context) => app.fetch(request, context), endStreams: () => streams.end() };
}
