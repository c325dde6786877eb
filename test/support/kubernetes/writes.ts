import type { Cluster } from "./cluster.ts";
import { isFields, type KubeObject, type NewObject } from "./objects.ts";
import { withDefaults } from "./knative/defaults.ts";
import { refuseUndeclared } from "./knative/undeclared.ts";
import { validateService } from "./knative/validation.ts";
import { warningsFor } from "./knative/warnings.ts";
import type { ApiPath } from "./request-path.ts";
import { NAMESPACES, SERVICES } from "./resources.ts";
import { serverSideApply, updated } from "./server-side-apply.ts";
import { alreadyExists, badRequest, failure, notFound } from "./status.ts";

const APPLY = "application/apply-patch+yaml";

/** Answers what creates or changes an object. */
export async function answerWrite(cluster: Cluster, request: Request, path: ApiPath): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const given = await readObject(request, path);
  const { resource, namespace } = path;
  const name = path.name ?? given.metadata.name;
  refuseName(path, name);
  if (resource.namespaced && cluster.store.get(NAMESPACES, undefined, namespace ?? "") === undefined) {
    throw notFound(NAMESPACES, namespace ?? "");
  }
  const live = cluster.store.get(resource, namespace, name);
  const metadata = { ...given.metadata, name, ...(namespace !== undefined && { namespace }) };
  const wanted = combine({ request, query, live, path, given: { ...given, metadata } });
  const object = resource === SERVICES ? withDefaults(wanted, live) : wanted;
  if (resource === SERVICES) validateService(object, live);
  const headers = new Headers();
  for (const warning of resource === SERVICES ? warningsFor(object) : []) {
    headers.append("warning", `299 - "${warning}"`);
  }
  // What is only tried is checked like all others, and not kept.
  const isTry = query.get("dryRun") === "All";
  const answer = isTry ? object : cluster.put(resource, object);
  return Response.json(answer, { status: live === undefined ? 201 : 200, headers });
}

interface Combination {
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly live: KubeObject | undefined;
  readonly path: ApiPath;
  readonly given: NewObject;
}

function combine({ request, query, live, path, given }: Combination): KubeObject {
  const { resource, namespace = "" } = path;
  const manager = query.get("fieldManager") ?? "";
  if (request.method === "POST") {
    if (live !== undefined) throw alreadyExists(resource, given.metadata.name);
    return updated(undefined, given, manager || "unknown");
  }
  if (request.method === "PUT") {
    if (live === undefined) throw notFound(resource, given.metadata.name);
    const version = (given as KubeObject).metadata.resourceVersion;
    if (version !== undefined && version !== live.metadata.resourceVersion) {
      const what = "the object has been modified; please apply your changes to the latest version and try again";
      throw failure(
        409,
        "Conflict",
        `Operation cannot be fulfilled on ${resource.plural} "${given.metadata.name}": ${what}`,
      );
    }
    return { ...updated(live, given, manager || "unknown"), ...(live.status && { status: live.status }) };
  }
  if (manager === "")
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  if (given.metadata["managedFields"] !== undefined) throw badRequest("metadata.managedFields must be nil");
  if (resource === SERVICES) refuseUndeclared(given, { namespace, name: given.metadata.name });
  return serverSideApply(live, given, { manager, force: query.get("force") === "true" });
}

async function readObject(request: Request, { resource }: ApiPath): Promise<NewObject> {
  const type = request.headers.get("content-type") ?? "";
  if (request.method === "PATCH" && type !== APPLY) {
    throw failure(415, "UnsupportedMediaType", `the body of the request was in an unknown format: "${type}"`);
  }
  let value: unknown;
  try {
    // JSON is YAML.
    value = Bun.YAML.parse(await request.text());
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isFields(value) || !isFields(value["metadata"])) throw badRequest("Object 'Kind' is missing");
  if (value["kind"] !== resource.kind) {
    throw badRequest(
      `the kind in the data (${String(value["kind"])}) does not match the expected kind ${resource.kind}`,
    );
  }
  return value as NewObject;
}

function refuseName({ resource, name: inPath }: ApiPath, name: string): void {
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253) return;
  const why = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'";
  const message = `${resource.kind} "${inPath ?? name}" is invalid: metadata.name: Invalid value: "${name}": ${why}`;
  throw failure(422, "Invalid", message, { name, kind: resource.kind });
}
