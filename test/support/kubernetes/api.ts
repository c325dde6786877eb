import type { User } from "./access.ts";
import type { Cluster } from "./cluster.ts";
import type { DeleteOptions } from "./deletion.ts";
import { answerDiscovery } from "./discovery.ts";
import { fieldsOf, textOf } from "./objects.ts";
import { answerLog } from "./log-answers.ts";
import { type ApiPath, readPath } from "./request-path.ts";
import { PODS } from "./resources.ts";
import { ApiError, deleted, failure, noSuchPath, notFound } from "./status.ts";
import { answerWrite } from "./writes.ts";

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Answers a request to the API server; what goes wrong becomes a Status. */
export async function answerApi(cluster: Cluster, request: Request, commonName: string | undefined): Promise<Response> {
  try {
    const user = cluster.access.userOf(request.headers.get("authorization"), commonName);
    return await cluster.faults.around(request, () => answer(cluster, request, user));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return Response.json(error.status, { status: error.status.code, headers: { ...error.headers } });
  }
}

async function answer(cluster: Cluster, request: Request, user: User): Promise<Response> {
  const { pathname, searchParams: query } = new URL(request.url);
  if (pathname === REVIEWS && request.method === "POST") return review(cluster, request, user);
  const discovered = answerDiscovery(pathname, cluster.hasKnative);
  if (discovered !== undefined) return discovered;
  const path = readPath(pathname);
  if (path === undefined || (!cluster.hasKnative && path.resource.group.includes("knative"))) throw noSuchPath();
  refuseUnlessAllowed(cluster, user, { path, verb: verbOf(request.method, path, query) });
  const { resource, namespace, name } = path;
  if (path.subresource === "log") {
    const pod = cluster.store.get(PODS, namespace, name ?? "");
    if (pod === undefined) throw notFound(PODS, name ?? "");
    return answerLog(pod, query, cluster.logs);
  }
  if (path.subresource !== undefined) throw noSuchPath();
  if (request.method === "GET") {
    if (query.get("watch") === "1" || query.get("watch") === "true") {
      return cluster.watches.answer(resource, namespace, query);
    }
    if (name === undefined) return cluster.lists.answer(resource, namespace, query);
    const found = cluster.store.get(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return Response.json(found);
  }
  if (request.method !== "DELETE") return answerWrite(cluster, request, path);
  const text = await request.text();
  const options = { ...Object.fromEntries(query), ...(text === "" ? {} : (JSON.parse(text) as DeleteOptions)) };
  const object = cluster.deletion.delete(
    resource,
    { ...(namespace !== undefined && { namespace }), name: name ?? "" },
    options,
  );
  const isMarked = object.metadata.deletionTimestamp !== undefined;
  return Response.json(isMarked ? object : deleted(resource, name ?? "", object.metadata.uid ?? ""));
}

function refuseUnlessAllowed(cluster: Cluster, user: User, { path, verb }: { path: ApiPath; verb: string }): void {
  const { resource, namespace, name, subresource } = path;
  const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const attempt = { verb, group: resource.group, plural, namespace, name };
  if (!cluster.access.allows(user, attempt)) throw cluster.access.refuse(user, attempt);
}

function verbOf(method: string, { name }: ApiPath, query: URLSearchParams): string {
  if (method === "GET") return query.has("watch") ? "watch" : name === undefined ? "list" : "get";
  const verbs: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" };
  const verb = verbs[method];
  if (verb === undefined)
    throw failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  return verb;
}

async function review(cluster: Cluster, request: Request, user: User): Promise<Response> {
  const attributes = fieldsOf(await request.json(), "spec", "resourceAttributes");
  const text = (name: string): string => textOf(attributes[name]);
  const plural = text("subresource") === "" ? text("resource") : `${text("resource")}/${text("subresource")}`;
  const namespace = text("namespace") || undefined;
  const allowed = cluster.access.allows(user, { verb: text("verb"), group: text("group"), plural, namespace });
  const status = { allowed, ...(!allowed && { reason: "no RBAC policy matched" }) };
  const kind = { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1" };
  return Response.json({ ...kind, metadata: {}, spec: { resourceAttributes: attributes }, status }, { status: 201 });
}
