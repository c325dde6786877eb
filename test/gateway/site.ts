import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import type { Context } from "../../worker-service/context.ts";
import { type ServiceDefinition, defineService } from "../../worker-service/service.ts";

/** What happened inside the app, for tests to wait for. */
export interface SiteEvents {
  /** Called when a request's own signal aborts. */
  onAbort?: () => void;
}

/** A web application as people write them, with the call's context as Hono's environment. */
export function siteApp(events: SiteEvents = {}): Hono<{ Bindings: Context }> {
  const app = new Hono<{ Bindings: Context }>();
  app.use(async (c, next) => {
    await next();
    c.res.headers.set("X-App", "site");
  });
  app.get("/", (c) => c.html("<h1>Site</h1>"));
  app.all("/echo/*", async (c) =>
    c.json({
      method: c.req.method,
      url: c.req.url,
      path: c.req.path,
      query: c.req.queries(),
      headers: c.req.header(),
      body: await c.req.text(),
    }),
  );
  app.get("/me", (c) => c.json({ claims: c.env.claims, callId: c.env.callId }));
  app.get("/login", (c) => {
    setCookie(c, "session", "s1", { httpOnly: true, path: "/" });
    setCookie(c, "theme", "dark");
    deleteCookie(c, "old");
    return c.redirect("/me?from=login", 303);
  });
  app.get("/cookie", (c) => c.json(getCookie(c)));
  app.get("/status/:status{[0-9]+}", (c) => new Response(null, { status: Number(c.req.param("status")) }));
  app.get("/broken", () => {
    throw new Error("password=hunter2");
  });
  app.get("/teapot", () => {
    throw new HTTPException(418, { message: "short and stout" });
  });
  app.use("/tagged", etag());
  app.get("/tagged", (c) => c.text("the same every time"));
  app.get("/range", (c) => {
    const [, start = "0", end = "9"] = /bytes=(\d+)-(\d+)/.exec(c.req.header("Range") ?? "") ?? [];
    const part = "0123456789".slice(Number(start), Number(end) + 1);
    return c.body(part, 206, { "Content-Range": `bytes ${start}-${end}/10`, "Accept-Ranges": "bytes" });
  });
  app.use("/staff/*", basicAuth({ username: "ada", password: "lovelace" }));
  app.get("/staff/room", (c) => c.text("tea"));
  app.post("/upload", async (c) => {
    const file = (await c.req.formData()).get("file");
    return file instanceof File ? c.json({ name: file.name, type: file.type, bytes: file.size }) : c.notFound();
  });
  app.post("/count", async (c) => {
    let bytes = 0;
    for await (const chunk of c.req.raw.body ?? []) bytes += chunk.length;
    return c.json({ bytes });
  });
  app.get("/large/:bytes", (c) => c.body(new Uint8Array(Number(c.req.param("bytes"))).fill(7)));
  app.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      c.req.raw.signal.addEventListener("abort", () => events.onAbort?.());
      for (let id = 0; !stream.aborted; id++) {
        await stream.writeSSE({ id: String(id), event: "tick", data: `${id}` });
        if (c.req.query("to") === String(id)) return;
        if (c.req.query("to") === undefined) await new Promise((resolve) => stream.onAbort(() => resolve(undefined)));
      }
    }),
  );
  app.get("/broken-off", (c) => {
    let isFirst = true;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (!isFirst) await Bun.sleep(20);
        if (!isFirst) throw new Error("password=hunter2");
        isFirst = false;
        controller.enqueue(new TextEncoder().encode("the beginning"));
      },
    });
    return c.body(body);
  });
  app.get("/wait", async (c) => {
    const { signal } = c.req.raw;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    events.onAbort?.();
    return c.text("too late");
  });
  app.get("/headers/latin", () => new Response("x", { headers: { "X-Name": "caf\u00e9" } }));
  app.get("/headers/hop", () => {
    const hop = { Connection: "close, X-Secret", "X-Secret": "1", "Keep-Alive": "5", "Transfer-Encoding": "chunked" };
    return new Response("four", { headers: { ...hop, "Content-Length": "400", "Server-Timing": "db;dur=5" } });
  });
  app.get("/headers/many/:bytes", (c) => c.text("x", 200, { "X-Large": "x".repeat(Number(c.req.param("bytes"))) }));
  app.route(
    "/v2",
    new Hono().basePath("/shop").get("/items/:id", (c) => c.json({ id: c.req.param("id") })),
  );
  app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.text("something broke", 500)));
  app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
  return app;
}

/** A handler without a framework, which gives HEAD the body of GET, too. */
export function endlessService(events: SiteEvents): ServiceDefinition {
  return defineService("endless", () => {
    const cancel = (): void => events.onAbort?.();
    return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)), cancel }));
  });
}

/** The application as the service `site`. */
export function siteService(events?: SiteEvents): ServiceDefinition {
  return defineService("site", siteApp(events).fetch);
}
