import { type Context, Hono } from "hono";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { AdminParts } from "../admin.ts";
import { ConfigError } from "../config/config-error.ts";
import { type Plain, isPlain } from "../config/own-value.ts";
import { errorHeaders } from "../problem.ts";
import { requestFacts } from "../request-facts.ts";
import { type Administrator, maySee } from "./administrator.ts";
import { toMeshError } from "./answer.ts";
import { isFromThisMachine } from "./from-this-machine.ts";
import { mustChange, readJson, whoAsks } from "./request.ts";
import { SpaceCloudProjects } from "./space-cloud-projects.ts";

const BASE = "/v1/api/config";
const NOT_SUPPORTED = { error: "Operation not supported" };

const credentials = v.object({ user: v.string(), pass: v.string() });
const object = v.custom<Plain>(isPlain, "must be an object");
const staticRoutes = v.object({
  routes: v.nullish(v.array(v.unknown())),
  internalRoutes: v.nullish(v.array(v.unknown())),
});

/** Who asks where no token is needed. */
const DEVELOPER: Administrator = { user: "developer", role: "admin", projects: undefined };

/** The administration of 2019 (v0.9 to v0.12), on the same configuration. Errors are `{"error": text}`. */
export function spaceCloudAdmin(parts: AdminParts): Hono {
  const { auth, configuration, isDevelopment, log } = parts;
  const projects = new SpaceCloudProjects(configuration);
  const isOpen = (c: Context): boolean => isDevelopment && !auth.hasUsers && isFromThisMachine(c.req.raw);
  const who = (c: Context): Promise<Administrator> => (isOpen(c) ? Promise.resolve(DEVELOPER) : whoAsks(c, auth));
  const upsert = async (c: Context, by: Administrator): Promise<Response> => {
    mustChange(by);
    await projects.save(await readJson(c.req.raw, object), by);
    return json(c, {});
  };

  const app = new Hono();
  app.get(`${BASE}/env`, (c) => json(c, { isProd: !isOpen(c) }));
  app.post(`${BASE}/login`, async (c) => {
    const { user, pass } = await readJson(c.req.raw, credentials);
    const session = await auth.login(user, pass, { isRenewed: false }).catch((error: unknown) => {
      if (!(error instanceof MeshError && error.code === "unauthenticated")) throw error;
      throw new MeshError("unauthenticated", "invalid credentials provided", { cause: error });
    });
    const seen = await projects.list(({ id }) => maySee({ ...session, projects: session.projects }, String(id)));
    return json(c, { token: session.token, projects: seen });
  });
  app.get(`${BASE}/projects`, async (c) => {
    const by = await who(c);
    return json(c, { projects: await projects.list(({ id }) => maySee(by, String(id))) });
  });
  app.post(`${BASE}/projects`, async (c) => upsert(c, await who(c)));
  app.post(BASE, async (c) => {
    if (isOpen(c)) return upsert(c, DEVELOPER);
    return json(c, { error: "without a token, projects are changed in development only" }, 400);
  });
  app.get(`${BASE}/static`, async (c) => {
    await who(c);
    return json(c, { routes: [], internalRoutes: [] });
  });
  app.post(`${BASE}/static`, async (c) => {
    mustChange(await who(c));
    const { routes, internalRoutes } = await readJson(c.req.raw, staticRoutes);
    const isEmpty = (routes ?? []).length + (internalRoutes ?? []).length === 0;
    return isEmpty ? json(c, {}) : json(c, NOT_SUPPORTED, 500);
  });
  for (const stub of ["deploy", "operation"]) {
    app.get(`${BASE}/${stub}`, async (c) => {
      await who(c);
      return json(c, { [stub]: {} });
    });
    app.post(`${BASE}/${stub}`, async (c) => {
      await who(c);
      return json(c, NOT_SUPPORTED, 403);
    });
  }
  app.delete(`${BASE}/:project`, async (c) => {
    await who(c);
    return json(c, NOT_SUPPORTED, 500);
  });
  app.onError((thrown, c) => {
    const error = toMeshError(thrown);
    if (error.code === "internal") log.error("a request failed unexpectedly", { error: thrown, path: c.req.path });
    const text =
      thrown instanceof ConfigError ? thrown.problems.map(({ message }) => message).join("; ") : error.message;
    const headers = errorHeaders(error, error.status, requestFacts(c.req.raw.headers));
    return json(c, { error: text }, error.status, headers);
  });
  return app;
}

function json(c: Context, body: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return c.body(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", ...headers },
  } as ResponseInit & { status: 200 });
}
