import { type Context, service } from "functions-mesh";
import { Hono } from "hono";

const cents = new Map([
  ["tea", 300],
  ["pot", 2500],
]);

// The call's context is Hono's environment: who calls, the log, and the way to other services.
const app = new Hono<{ Bindings: Context }>();

app.get("/items", (c) => c.json(Object.fromEntries(cents)));

app.get("/items/:name", (c) => {
  const price = cents.get(c.req.param("name"));
  return price === undefined ? c.json({ error: "not for sale" }, 404) : c.json({ cents: price });
});

app.put("/admin/items/:name", async (c) => {
  const name = c.req.param("name");
  const { cents: price } = await c.req.json<{ cents: number }>();
  cents.set(name, price);
  c.env.log.info("priced", { name, price, by: c.env.claims["id"] });
  return c.json({ cents: price });
});

export const shop = service("shop", app.fetch, { version: "1.0.0", description: "A web application as a service" });

await shop.start();
