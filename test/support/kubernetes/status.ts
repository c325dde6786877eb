import type { Fields } from "./objects.ts";

/** What went wrong, as the API server says it: the body of its answer. */
export interface Status extends Fields {
  kind: "Status";
  apiVersion: "v1";
  metadata: Fields;
  status: "Failure" | "Success";
  message?: string;
  reason?: string;
  details?: Fields;
  code: number;
}

/** Ends a request with a Status. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: Status, headers: Readonly<Record<string, string>> = {}) {
    super(status.message);
    this.status = status;
    this.headers = headers;
  }
}

export function failure(code: number, reason: string | undefined, message: string, details?: Fields): ApiError {
  return new ApiError({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    ...(reason !== undefined && { reason }),
    ...(details !== undefined && { details }),
    code,
  });
}

/** `services.serving.knative.dev`, as messages name a resource. */
export function qualified({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === "" ? plural : `${plural}.${group}`;
}

type Named = { readonly group: string; readonly plural: string };

export function notFound(resource: Named, name: string): ApiError {
  const details = { name, ...(resource.group !== "" && { group: resource.group }), kind: resource.plural };
  return failure(404, "NotFound", `${qualified(resource)} "${name}" not found`, details);
}

export function alreadyExists(resource: Named, name: string): ApiError {
  const details = { name, kind: resource.plural };
  return failure(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, details);
}

/** There is nothing at this path at all: the API server answers in plain words then. */
export function noSuchPath(): ApiError {
  return failure(404, "NotFound", "the server could not find the requested resource", {});
}

export function badRequest(message: string): ApiError {
  return failure(400, "BadRequest", message);
}

/** How Knative's webhook refuses. */
export function denied(findings: readonly string[]): ApiError {
  const webhook = 'admission webhook "validation.webhook.serving.knative.dev" denied the request';
  return badRequest(`${webhook}: validation failed: ${findings.join("\n")}`);
}

export function expired(message: string): ApiError {
  return failure(410, "Expired", message);
}

/** The answer to a deletion. */
export function deleted(resource: Named, name: string, uid: string): Status {
  const details = { name, ...(resource.group !== "" && { group: resource.group }), kind: resource.plural, uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 };
}
