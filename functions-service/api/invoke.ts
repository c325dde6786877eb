import * as v from "valibot";
import { type Body, encodeBody } from "../../mesh/body.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { STORED_FUNCTION } from "../../mesh/names.ts";
import { encodePayload } from "../../mesh/payload.ts";
import { existingFunction } from "./functions.ts";
import { type InvocationRecord, beginInvocation } from "./invocation-record.ts";
import {
  type ApiParts,
  type CheckedRequest,
  type Operation,
  type OperationFace,
  type RequestContext,
  operation,
} from "./operation.ts";
import { refusal } from "./problem.ts";
import { functionParams } from "./schemas.ts";
import { unserved } from "./unserved.ts";

/** Names the event that a call is recorded as. */
const INVOCATION_ID = "Fmesh-Invocation-Id";

const face = {
  tag: "invocations",
  path: "/api/v1/functions/invoke/{id}",
  params: functionParams,
  success: {
    status: 200,
    description: "What the function answered; 204 when that is nothing",
    body: "anything",
    headers: { [INVOCATION_ID]: `The id of the event that the call is recorded as, also when it failed.` },
  },
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
    async ({ params, body, ...asked }, parts, context) =>
      invoke(await existingFunction(params.id, parts), body.data, { ...asked, parts, context }),
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
    async ({ params, query, ...asked }, parts, context) =>
      invoke(await existingFunction(params.id, parts), query, { ...asked, parts, context }),
  ),
];

/** What was sent with a request, and where it came. */
type Asked = Pick<CheckedRequest<unknown, unknown, unknown>, "headers" | "method" | "url">;

/** Calls a function. That it begins is recorded before, how it ends before the answer. */
async function invoke(
  stored: StoredFunction,
  data: unknown,
  { headers, method, url, parts, context }: Asked & { readonly parts: ApiParts; readonly context: RequestContext },
): Promise<Response> {
  const { label, timeoutMs } = stored;
  const { log, trace } = context;
  const deadlineMs = Math.floor(Math.min(parts.now().getTime() + timeoutMs, context.deadlineMs));
  const facts = { source: label, traceId: trace.traceId, deadlineMs, payload: encodePayload(data) };
  const record = await beginInvocation(facts, { parts, log });
  const idempotencyKey = headers.get("Idempotency-Key");
  let answer: Body | undefined;
  let response: Response;
  try {
    const options = { callId: record.id, timeoutMs, ...(idempotencyKey !== null && { idempotencyKey }) };
    answer = await encodeBody(await context.call(label, STORED_FUNCTION, data, options));
  } catch (thrown) {
    const error = isUnserved(thrown) ? await unserved(stored, thrown, { parts, context }) : thrown;
    await record.failed(MeshError.from(error));
    return identified(refusal(error, context, { method, path: url.pathname }), record);
  }
  try {
    await record.succeeded(answer);
    response = answered(answer);
  } catch (error) {
    // Nobody is going to read it; that it cannot be cancelled either is its writer's business.
    answer.stream?.bytes.cancel().catch(() => undefined);
    response = refusal(error, context, { method, path: url.pathname });
  }
  return identified(response, record);
}

function answered({ contentType, payload, stream }: Body): Response {
  if (stream === undefined && payload.length === 0) return new Response(null, { status: 204 });
  return new Response(stream?.bytes ?? (payload as Uint8Array<ArrayBuffer>), {
    headers: { "Content-Type": contentType },
  });
}

function identified(response: Response, { id }: InvocationRecord): Response {
  response.headers.set(INVOCATION_ID, id);
  return response;
}

function isUnserved(error: unknown): error is MeshError {
  return error instanceof MeshError && error.code === "worker_unavailable";
}
