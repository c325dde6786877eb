import * as v from "valibot";
import type { CollectedAttributes, CollectedSpan } from "./collected-span.ts";

// 64-bit numbers are decimal text in protobuf's JSON; numbers are accepted too.
const integer = v.union([v.pipe(v.string(), v.regex(/^-?\d+$/)), v.number()]);
const anyValueSchema = v.object({
  stringValue: v.optional(v.string()),
  boolValue: v.optional(v.boolean()),
  intValue: v.optional(integer),
  doubleValue: v.optional(v.number()),
});
const attributesSchema = v.optional(v.array(v.object({ key: v.string(), value: anyValueSchema })), []);
// The OTLP writes ids as hex, unlike protobuf's JSON.
const idSchema = (digits: number): v.GenericSchema<string> =>
  v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const spanSchema = v.object({
  traceId: idSchema(32),
  spanId: idSchema(16),
  parentSpanId: v.optional(v.union([v.literal(""), idSchema(16)]), ""),
  traceState: v.optional(v.string(), ""),
  name: v.string(),
  kind: v.number(),
  startTimeUnixNano: integer,
  endTimeUnixNano: integer,
  attributes: attributesSchema,
  events: v.optional(v.array(v.object({ name: v.string(), attributes: attributesSchema })), []),
  status: v.optional(v.object({ code: v.optional(v.number(), 0), message: v.optional(v.string(), "") }), {}),
});
const requestSchema = v.object({
  resourceSpans: v.array(
    v.object({
      resource: v.optional(v.object({ attributes: attributesSchema }), {}),
      scopeSpans: v.array(v.object({ spans: v.array(spanSchema) })),
    }),
  ),
});

/** Reads an `ExportTraceServiceRequest` in its JSON encoding. */
export function decodeJson(bytes: Uint8Array): CollectedSpan[] {
  const { resourceSpans } = v.parse(requestSchema, JSON.parse(new TextDecoder().decode(bytes)));
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ startTimeUnixNano, endTimeUnixNano, ...span }) => ({
        ...span,
        startNanos: BigInt(startTimeUnixNano),
        endNanos: BigInt(endTimeUnixNano),
        attributes: record(span.attributes),
        events: span.events.map(({ name, attributes }) => ({ name, attributes: record(attributes) })),
        resource: record(resource.attributes),
      })),
    ),
  );
}

function record(attributes: v.InferOutput<typeof attributesSchema>): CollectedAttributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, anyValue(value)]));
}

function anyValue(value: v.InferOutput<typeof anyValueSchema>): string | number | boolean {
  const { stringValue, boolValue, intValue, doubleValue } = value;
  return boolValue ?? doubleValue ?? stringValue ?? Number(intValue ?? Number.NaN);
}
