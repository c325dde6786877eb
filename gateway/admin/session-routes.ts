import { Hono } from "hono";
import * as v from "valibot";
import type { AdminParts } from "../admin.ts";
import { bearerToken } from "../auth/bearer-token.ts";
import { answer } from "./answer.ts";
import { readJson, whoAsks } from "./request.ts";

const credentials = v.object({ user: v.string(), pass: v.string() });
const oneTimeCode = v.object({ code: v.string() });

/** Logging in, with a password or with the code of a link, and who is logged in. */
export function sessionRoutes({ auth, configuration }: AdminParts): Hono {
  const app = new Hono();
  app.post("/v1/admin/login", async (c) => {
    const { user, pass } = await readJson(c.req.raw, credentials);
    return answer(c, await auth.login(user, pass));
  });
  app.post("/v1/admin/session", async (c) => {
    const { code } = await readJson(c.req.raw, oneTimeCode);
    return answer(c, await auth.exchange(code));
  });
  app.post("/v1/admin/session/renew", async (c) => {
    return answer(c, await auth.renew(bearerToken(c.req.header("Authorization"))));
  });
  app.post("/v1/admin/link", async (c) => {
    return answer(c, { code: await auth.issueToOperator(bearerToken(c.req.header("Authorization"))) });
  });
  app.get("/v1/admin/session", async (c) => {
    const who = await whoAsks(c, auth);
    return answer(c, { ...who, canSave: who.role === "admin" && configuration.canSave });
  });
  return app;
}
