import type { CollectedAttributes, CollectedSpan } from "./collected-span.ts";
import { ProtobufFields } from "./protobuf-fields.ts";

/** Reads an `ExportTraceServiceRequest`. Field numbers: opentelemetry-proto 1.x, `trace/v1/trace.proto`. */
export function decodeProtobuf(bytes: Uint8Array): CollectedSpan[] {
  return new ProtobufFields(bytes).messages(1).flatMap((resourceSpans) => {
    const resource = attributes(resourceSpans.message(1), 1);
    return resourceSpans
      .messages(2)
      .flatMap((scopeSpans) => scopeSpans.messages(2).map((span) => collected(span, resource)));
  });
}

function collected(span: ProtobufFields, resource: CollectedAttributes): CollectedSpan {
  const status = span.message(15);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    traceState: span.text(3),
    parentSpanId: span.hex(4),
    name: span.text(5),
    kind: Number(span.number(6)),
    startNanos: span.number(7),
    endNanos: span.number(8),
    attributes: attributes(span, 9),
    events: span.messages(11).map((event) => ({ name: event.text(2), attributes: attributes(event, 3) })),
    status: { code: Number(status.number(3)), message: status.text(2) },
    resource,
  };
}

function attributes(message: ProtobufFields, field: number): CollectedAttributes {
  return Object.fromEntries(message.messages(field).map((pair) => [pair.text(1), anyValue(pair.message(2))]));
}

function anyValue(value: ProtobufFields): string | number | boolean {
  if (value.has(2)) return value.number(2) !== 0n;
  if (value.has(3)) return Number(BigInt.asIntN(64, value.number(3)));
  if (value.has(4)) return new Float64Array(new BigUint64Array([value.number(4)]).buffer)[0] ?? Number.NaN;
  return value.text(1);
}
