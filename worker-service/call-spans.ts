import type { MessageHeaders } from "../mesh/broker.ts";
import { CALL_HEADERS } from "../mesh/call.ts";
import { callSpan } from "../mesh/call-span.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { Span, Tracing } from "../mesh/tracing.ts";

/** Starts the span of a call that has arrived with these headers. */
export type StartCallSpan = (headers: MessageHeaders) => Span;

/** How the spans of a function's calls are started; `undefined` when nobody wants them. */
export function callSpans(
  tracing: Tracing | undefined,
  { address, version }: { readonly address: FunctionAddress; readonly version: string },
): StartCallSpan | undefined {
  if (tracing === undefined) return undefined;
  const { id, traceparent, tracestate, baggage } = CALL_HEADERS;
  let isFirst = true;
  return (headers) => {
    const attributes = {
      "faas.name": `${address.service}.${address.function}`,
      "faas.version": version,
      "faas.invocation_id": headers[id],
      "faas.coldstart": isFirst,
    };
    isFirst = false;
    const parent = { header: headers[traceparent], state: headers[tracestate], baggage: headers[baggage] };
    return tracing.start(callSpan("server", address, { parent, attributes }));
  };
}
