import * as v from "valibot";
import { encodeBody } from "../../mesh/body.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { existingFunction } from "./functions.ts";
import { type Operation, type OperationFace, type RequestContext, operation } from "./operation.ts";
import { functionParams } from "./schemas.ts";

/** The one function of the service that a stored function is deployed as; the service has its label. */
const HANDLER = "handler";

const face = {
  tag: "invocations",
  path: "/api/v1/functions/invoke/{id}",
  params: functionParams,
  success: { status: 200, description: "What the function answered; 204 when that is nothing", body: "anything" },
} as const satisfies Partial<OperationFace>;

/** Any query: the names are the function's own. A list, of a name that stands there more than once, is joined by commas. */
const dataQuery = v.pipe(
  v.looseObject({}),
  v.transform((query) => Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))),
);

const invocation = v.optional(
  v.object({ data: v.optional(v.pipe(v.unknown(), v.description("What the function is called with: any JSON."))) }),
  {},
);

export const INVOKE_OPERATIONS: readonly Operation[] = [
  operation(
    {
      ...face,
      id: "invokeFunction",
      method: "post",
      summary: "Calls a deployed function",
      headers: { "Idempotency-Key": "Handed on to the function." },
      body: invocation,
      refusals: [404, 415, 500, 502, 503, 504],
    },
    async ({ params, body, headers }, parts, context) =>
      invoke(await existingFunction(params.id, parts), body.data, { headers, context }),
  ),
  operation(
    {
      ...face,
      id: "invokeFunctionWithQuery",
      method: "get",
      summary: "Calls a deployed function with the query as its data",
      description:
        'Values are texts, those of a name that stands there more than once joined by commas: `{"a": "1,2"}`.',
      query: dataQuery,
      refusals: [404, 500, 502, 503, 504],
    },
    async ({ params, query, headers }, parts, context) =>
      invoke(await existingFunction(params.id, parts), query, { headers, context }),
  ),
];

async function invoke(
  { label, timeoutMs }: StoredFunction,
  data: unknown,
  { headers, context }: { readonly headers: Headers; readonly context: RequestContext },
): Promise<Response> {
  const idempotencyKey = headers.get("Idempotency-Key");
  const result = await context
    .call(label, HANDLER, data, { timeoutMs, ...(idempotencyKey !== null && { idempotencyKey }) })
    .catch((error: unknown) => {
      throw isUnserved(error) ? notDeployed(label, error) : error;
    });
  const { contentType, payload, stream } = await encodeBody(result);
  if (stream === undefined && payload.length === 0) return new Response(null, { status: 204 });
  return new Response(stream?.bytes ?? (payload as Uint8Array<ArrayBuffer>), {
    headers: { "Content-Type": contentType },
  });
}

function isUnserved(error: unknown): error is MeshError {
  return error instanceof MeshError && error.code === "worker_unavailable";
}

function notDeployed(label: string, { retryAfterSeconds = 1 }: MeshError): MeshError {
  return new MeshError("worker_unavailable", `nobody serves function "${label}" at the moment; deploy it first`, {
    retryAfterSeconds,
  });
}
