import { Hono } from "hono";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { AdminParts } from "../admin.ts";
import { CALLS_ONLY } from "../auth/calls-only.ts";
import { signDevelopmentToken } from "../auth/development-token.ts";
import { answer } from "./answer.ts";
import { findProject } from "./find-project.ts";
import { mustChange, readJson, whoAsks } from "./request.ts";

const DEFAULT_SECONDS = 900;
const MAX_SECONDS = 3600;

const wish = v.object({
  claims: v.optional(v.record(v.string(), v.unknown())),
  expiresInSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SECONDS))),
});

/**
 * Tokens of projects for administrators, to call functions with, and the API of the functions service: their rules decide what
 * such a token is good for. It says who asks, unless somebody who may change rules anyway wants it to say something else.
 */
export function projectTokenRoutes({ auth, configuration, now }: AdminParts): Hono {
  const app = new Hono();
  app.post("/v1/admin/projects/:id/token", async (c) => {
    const who = await whoAsks(c, auth);
    const project = findProject(configuration.inForce, who, c.req.param("id"));
    const { claims, expiresInSeconds = DEFAULT_SECONDS } = await readJson(c.req.raw, wish);
    if (claims !== undefined) mustChange(who);
    const [secret] = project.auth.secrets;
    if (secret === undefined) {
      const message = `project "${project.id}" has no secret to sign with; bring a token of whoever signs for it`;
      throw new MeshError("invalid_request", message, { status: 409 });
    }
    const { user, role } = who;
    const expiresAt = new Date((Math.floor(now() / 1000) + expiresInSeconds) * 1000).toISOString();
    // Who only looks takes no calls of others, as whoever serves functions does.
    const own = { id: user, role, ...(role === "viewer" && CALLS_ONLY) };
    const token = await signDevelopmentToken({ secret, claims: claims ?? own, expiresInSeconds, now });
    return answer(c, { token, expiresAt });
  });
  return app;
}
