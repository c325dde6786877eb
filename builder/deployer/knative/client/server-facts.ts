import * as v from "valibot";
import { DeployError } from "../../deploy-error.ts";
import type { Signalled } from "../cluster.ts";
import type { Requests } from "./requests.ts";

/** What we would do, as rights name it. */
export interface Attempt {
  /** `get`, `patch` … */
  readonly verb: string;
  /** `""` for the core's. */
  readonly group: string;
  /** In the plural; with a subresource `pods/log`. */
  readonly resource: string;
  /** Default: in all of them. */
  readonly namespace?: string | undefined;
}

const reviewSchema = v.object({ status: v.object({ allowed: v.boolean() }) });
const versionSchema = v.object({ gitVersion: v.string() });

/** Asks whether we may do something, without doing it. */
export async function mayDo(requests: Requests, attempt: Attempt, { signal }: Signalled): Promise<boolean> {
  const [resource, subresource] = attempt.resource.split("/");
  const { verb, group, namespace } = attempt;
  const resourceAttributes = { verb, group, resource, subresource, namespace };
  const answer = await requests.json({
    method: "POST",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    verb: "create",
    what: "a review of our rights",
    contentType: "application/json",
    body: JSON.stringify({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    }),
    signal,
  });
  return read(reviewSchema, answer).status.allowed;
}

export async function serverVersion(requests: Requests, { signal }: Signalled): Promise<string> {
  const request = { method: "GET", path: "/version", verb: "get", what: "its version", signal } as const;
  return read(versionSchema, await requests.json(request)).gitVersion;
}

export async function serves(requests: Requests, apiVersion: string, { signal }: Signalled): Promise<boolean> {
  const path = `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
  const request = { method: "GET", path, verb: "get", what: `what there is of "${apiVersion}"`, signal } as const;
  const answer = await requests.ask(request);
  if ("value" in answer) return true;
  if (answer.refusal.code === 404) return false;
  throw requests.refused(answer.refusal, request);
}

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new DeployError(
    "unreachable",
    "the cluster answered with something that no API server says; correct its address",
  );
}
