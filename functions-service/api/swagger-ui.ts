import { Hono } from "hono";
import type { ApiEnv } from "./serve.ts";

/** The files of Swagger UI by name: those of the package `swagger-ui-dist`. */
export type SwaggerAssets = (name: SwaggerAsset) => Promise<Uint8Array<ArrayBuffer>>;
export type SwaggerAsset = keyof typeof MEDIA_TYPES;

const MEDIA_TYPES = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
} as const;

/** Everything comes from here, and nothing that stands in the page runs. The images are those in the style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };

// Paths are relative, so that the page works behind a proxy that puts something in front of them.
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Functions Mesh API</title>
    <link rel="stylesheet" href="swagger-ui/swagger-ui.css">
    <link rel="icon" type="image/png" href="swagger-ui/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="swagger-ui/swagger-ui-bundle.js"></script>
    <script src="swagger-ui/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });
`;

/** Interactive documentation of the document that lies beside it as `openapi.json`. */
export function swaggerUi(assets: SwaggerAssets): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/", (c) =>
    c.html(PAGE, 200, { ...HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": "no-cache" }),
  );
  app.get("/start.js", (c) => c.body(START, 200, { ...HEADERS, "Content-Type": "text/javascript; charset=utf-8" }));
  for (const [name, type] of Object.entries(MEDIA_TYPES) as [SwaggerAsset, string][]) {
    app.get(`/${name}`, async (c) => {
      const headers = { ...HEADERS, "Content-Type": type, "Cache-Control": "private, max-age=3600" };
      return c.body(await assets(name), 200, headers);
    });
  }
  return app;
}
