import type { FunctionAddress } from "./names.ts";
import type { SpanAttributes, SpanKind, SpanStart, TraceParent } from "./tracing.ts";

/** The span of a call over the broker, at its caller or at its worker: OpenTelemetry's conventions for RPC. */
export function callSpan(
  kind: SpanKind,
  { project, service, function: name }: FunctionAddress,
  { parent, attributes }: { readonly parent: TraceParent | undefined; readonly attributes?: SpanAttributes },
): SpanStart {
  return {
    kind,
    name: `${service}/${name}`,
    parent,
    attributes: {
      "rpc.system": "functions_mesh",
      "rpc.service": service,
      "rpc.method": name,
      "fmesh.project": project,
      ...attributes,
    },
  };
}
