import type { Asker } from "./broker.ts";
import type { Call, Reply } from "./call.ts";
import { callSpan } from "./call-span.ts";
import { MeshError } from "./errors.ts";
import type { FunctionAddress } from "./names.ts";
import type { TraceParent, Tracing } from "./tracing.ts";
import { watchStream } from "./watch-stream.ts";

/** A call that is to have a span. */
export interface TracedCall {
  readonly to: FunctionAddress;
  readonly call: Call;
  /** What the call is made in; `undefined` for one of its own. */
  readonly parent: TraceParent | undefined;
  readonly asker: Asker | undefined;
}

/** Sends a call, with the span of its sending in place of its trace. The span of a stream ends when the stream does. */
export async function traceCall(
  tracing: Tracing,
  { to, call, parent, asker }: TracedCall,
  send: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const span = tracing.start(callSpan("client", to, { parent, attributes: { "faas.invocation_id": call.id } }));
  try {
    const reply = await send({ ...call, trace: span.context });
    if (reply.stream === undefined) {
      span.end();
      return reply;
    }
    const bytes = watchStream(reply.stream.bytes, (end) => {
      if (end.how === "failed") span.end({ error: asFailure(end.error) });
      // Who has read enough has not failed.
      else span.end(end.how === "read" ? {} : { attributes: { "fmesh.code": "cancelled" } });
    });
    return { ...reply, stream: { ...reply.stream, bytes } };
  } catch (error) {
    span.end({ error: asker?.signal.aborted === true ? asFailure(error) : error });
    throw error;
  }
}

/** What breaks off a call or a stream is a MeshError, unless its reader gave up, with whatever reason a signal has. */
function asFailure(reason: unknown): MeshError {
  return reason instanceof MeshError ? reason : new MeshError("cancelled", "the caller gave up", { cause: reason });
}
