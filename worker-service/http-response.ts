import { CALL_HEADERS } from "../mesh/call.ts";
import type { MeshError } from "../mesh/errors.ts";
import { PROBLEM_TYPE, toProblem } from "../mesh/problem.ts";
import type { HeaderContext } from "./context.ts";
import type { Endpoint } from "./function.ts";
import { toBody } from "./result.ts";

/** What a function answers, and whether its bytes come one after the other. */
export interface FunctionResponse {
  readonly response: Response;
  readonly isStreamed: boolean;
}

/** The response that says what a function returned; rejects as `toBody`. */
export async function responseOf(
  result: unknown,
  endpoint: Endpoint,
  { headers: given, isHead }: { readonly headers: Readonly<Record<string, string>>; readonly isHead: boolean },
): Promise<FunctionResponse> {
  if (result instanceof Response) return { response: result, isStreamed: result.body !== null };
  const { contentType, payload, stream } = await toBody(result, endpoint);
  if (stream === undefined && payload.length === 0) {
    return { response: new Response(null, { status: 204, headers: given }), isStreamed: false };
  }
  const headers = { ...given, [CALL_HEADERS.contentType]: contentType };
  if (isHead) {
    await stream?.bytes.cancel();
    return { response: new Response(null, { headers }), isStreamed: false };
  }
  const body = stream?.bytes ?? (payload as Uint8Array<ArrayBuffer>);
  return { response: new Response(body, { headers }), isStreamed: stream !== undefined };
}

/** The response that says what went wrong, and never why in detail. */
export function problemResponse(error: MeshError, { callId, trace, requestId }: HeaderContext): Response {
  const { status, retryAfterSeconds } = error;
  const problem = toProblem(error, { callId, traceId: trace.traceId });
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      "Content-Type": PROBLEM_TYPE,
      [CALL_HEADERS.requestId]: requestId,
      ...(retryAfterSeconds !== undefined && { [CALL_HEADERS.retryAfter]: String(retryAfterSeconds) }),
      ...(status === 405 && { Allow: "GET, HEAD, POST" }),
    },
  });
}

/** The same response, and when its last byte was taken, with what broke it off, if anything did. */
export function watched(response: Response, signal: AbortSignal): readonly [Response, Promise<unknown>] {
  const { body, status, statusText, headers } = response;
  if (body === null) return [response, Promise.resolve()];
  const { promise, resolve } = deferred();
  const reader = body.getReader();
  const bytes = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        signal.addEventListener("abort", () => {
          controller.error(signal.reason);
          reader.cancel(signal.reason).catch(() => undefined); // its end is what was wanted
          resolve(signal.reason);
        });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          controller.close();
          resolve(undefined);
        } catch (error) {
          resolve(error);
          throw error;
        }
      },
      async cancel(reason) {
        resolve(undefined);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return [new Response(bytes, { status, statusText, headers }), promise];
}

function deferred(): { readonly promise: Promise<unknown>; readonly resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
