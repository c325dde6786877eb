import { Hono } from "hono";
import * as v from "valibot";
import type { AdminParts } from "../admin.ts";
import { answer } from "./answer.ts";
import { findingsOf } from "./configuration.ts";
import { ifMatch, mustChange, mustSeeAll, readJson, whoAsks } from "./request.ts";

const body = v.object({ text: v.string() });

/** The configuration as a text: to see, check and change it, and what it was before. */
export function configRoutes({ auth, configuration }: AdminParts): Hono {
  const app = new Hono();
  app.get("/v1/admin/config", async (c) => {
    const who = await whoAsks(c, auth);
    mustSeeAll(who);
    const shown = await configuration.read();
    return answer(c, { ...shown, canSave: who.role === "admin" }, shown.etag);
  });
  app.put("/v1/admin/config", async (c) => {
    const who = await whoAsks(c, auth);
    mustChange(who);
    mustSeeAll(who);
    const etag = ifMatch(c);
    const { text } = await readJson(c.req.raw, body);
    const { etag: now, warnings, advice } = await configuration.save(text, { etag, by: who.user });
    return answer(c, { etag: now, warnings, advice }, now);
  });
  app.post("/v1/admin/config/check", async (c) => {
    mustSeeAll(await whoAsks(c, auth));
    const { text } = await readJson(c.req.raw, body);
    try {
      return answer(c, { ok: true, problems: [], ...(await configuration.check(text)) });
    } catch (error) {
      return answer(c, { ok: false, problems: findingsOf(error), warnings: [], advice: [] });
    }
  });
  app.get("/v1/admin/config/history", async (c) => {
    mustSeeAll(await whoAsks(c, auth));
    return answer(c, { entries: await configuration.history() });
  });
  app.get("/v1/admin/config/history/:id", async (c) => {
    mustSeeAll(await whoAsks(c, auth));
    return answer(c, await configuration.saved(c.req.param("id")));
  });
  app.post("/v1/admin/config/history/:id", async (c) => {
    const who = await whoAsks(c, auth);
    mustChange(who);
    mustSeeAll(who);
    const change = { etag: ifMatch(c), by: who.user };
    const { etag, warnings, advice } = await configuration.restore(c.req.param("id"), change);
    return answer(c, { etag, warnings, advice }, etag);
  });
  return app;
}
