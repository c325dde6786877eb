import type { Context, Hono } from "hono";
import { MeshError } from "../../mesh/errors.ts";
import type { ApiParts, Operation, RequestContext } from "./operation.ts";
import { problemResponse, refusal } from "./problem.ts";

/** Hono's environment: the context of the call. */
export interface ApiEnv {
  Bindings: RequestContext;
}

/** Adds operations to an app; whatever goes wrong in it is answered with a problem document. */
export function addOperations(app: Hono<ApiEnv>, operations: readonly Operation[], parts: ApiParts): Hono<ApiEnv> {
  for (const operation of operations) {
    app.on(operation.method.toUpperCase(), toRoute(operation.path), (c) => {
      const incoming = { raw: c.req.raw, url: new URL(c.req.url), params: c.req.param() };
      return operation.answer(incoming, parts, c.env);
    });
  }
  // After all operations, so that it gets only what none of them has answered.
  for (const [path, methods] of methodsByPath(app)) app.all(path, (c) => notAllowed(c, methods));
  app.notFound((c) => problemResponse(new MeshError("function_not_found", `there is nothing at ${c.req.path}`), c.env));
  app.onError((error, c) => refusal(error, c.env, c.req));
  return app;
}

function toRoute(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function methodsByPath({ routes }: Hono<ApiEnv>): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const implied = method === "GET" ? ["GET", "HEAD"] : [method];
    methods.set(path, [...(methods.get(path) ?? []), ...implied]);
  }
  return methods;
}

function notAllowed(c: Context<ApiEnv>, methods: readonly string[]): Response {
  const allowed = methods.join(", ");
  const error = new MeshError("invalid_request", `${c.req.path} takes ${allowed}, not ${c.req.method}`, {
    status: 405,
  });
  const response = problemResponse(error, c.env);
  response.headers.set("Allow", allowed);
  return response;
}
