import { type Context, Hono } from "hono";
import { type ConsoleFile, type ConsoleFiles, ConsoleNotBuilt } from "../console.ts";
import { FILE_HEADERS, pageWithPolicy } from "./page-headers.ts";

const PAGE = "index.html";
const ROOT = "/console/";
const decoder = new TextDecoder();

/** Vite puts a hash of the content into the names of what is below this. */
const HASHED = "assets/";

/** Serves the console at `/console`. Every path that names no file is a page of it, so that its addresses can be kept. */
export function consoleRoutes(files: ConsoleFiles): Hono {
  const app = new Hono();
  app.get("/console", (c) => c.redirect(ROOT, 308));
  app.get(`${ROOT}*`, async (c) => {
    try {
      return await answer(c, files);
    } catch (error) {
      if (error instanceof ConsoleNotBuilt) return notBuilt(error);
      throw error;
    }
  });
  return app;
}

async function answer(c: Context, files: ConsoleFiles): Promise<Response> {
  const path = c.req.path.slice(ROOT.length);
  const file = path === "" || path === PAGE ? undefined : await files.find(path);
  if (file !== undefined) return sent(c, path, file);
  const page = path.startsWith(HASHED) ? undefined : await files.find(PAGE);
  if (page === undefined) return new Response("there is no such file\n", { status: 404, headers: FILE_HEADERS });
  const { html, headers } = pageWithPolicy(decoder.decode(page.bytes));
  return c.html(html, 200, headers);
}

function sent(c: Context, path: string, { bytes, gzip, type }: ConsoleFile): Response {
  const headers: Record<string, string> = {
    ...FILE_HEADERS,
    "Content-Type": type,
    "Cache-Control": path.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache",
    Vary: "Accept-Encoding",
  };
  const isPacked = gzip !== undefined && /\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "");
  if (isPacked) headers["Content-Encoding"] = "gzip";
  return new Response(isPacked ? gzip : bytes, { headers });
}

/** Said in text, which no policy can break, and asked again by itself. */
function notBuilt({ message }: ConsoleNotBuilt): Response {
  return new Response(`${message}\n`, {
    status: 503,
    headers: { ...FILE_HEADERS, "Content-Type": "text/plain; charset=utf-8", Refresh: "1", "Retry-After": "1" },
  });
}
