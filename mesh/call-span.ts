import type { FunctionAddress } from "./names.ts";
import type { SpanAttributes, SpanKind, SpanStart, TraceParent } from "./tracing.ts";

/** The span of a call over the broker, at its caller or at its worker: OpenTelemetry's conventions for RPC (1.38 and later). */
export function callSpan(
  kind: SpanKind,
  { project, service, function: name }: FunctionAddress,
  { parent, attributes }: { readonly parent: TraceParent | undefined; readonly attributes?: SpanAttributes },
): SpanStart {
  const method = `${service}/${name}`;
  return {
    kind,
    name: method,
    parent,
    attributes: {
      "rpc.system.name": "functions_mesh",
      "rpc.method": method,
      "fmesh.project": project,
      ...attributes,
    },
  };
}
