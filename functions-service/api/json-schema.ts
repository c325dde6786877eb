import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { EVENT_STATUSES, eventInputSchema, eventStatusSchema } from "../../mesh/event.ts";
import { deployedFunctionSchema, deployedLineSchema } from "../../mesh/deployment.ts";
import { functionInputSchema } from "../../mesh/function.ts";
import {
  eventSchema,
  functionSchema,
  functionVersionSchema,
  jobSchema,
  problemSchema,
  trafficSchema,
} from "./schemas.ts";

export type { JsonSchema };

/** Which face of a schema: what clients send, or what comes out of its defaults and transformations. */
type Side = "input" | "output";

/** Schemas that have a name in the document. */
export const COMPONENTS: ReadonlyMap<GenericSchema, { readonly name: string; readonly side: Side }> = new Map<
  GenericSchema,
  { readonly name: string; readonly side: Side }
>([
  [functionInputSchema, { name: "FunctionInput", side: "input" }],
  [functionSchema, { name: "Function", side: "output" }],
  [functionVersionSchema, { name: "FunctionVersion", side: "output" }],
  [trafficSchema, { name: "Traffic", side: "input" }],
  [eventInputSchema, { name: "EventInput", side: "input" }],
  [eventSchema, { name: "Event", side: "output" }],
  [jobSchema, { name: "Job", side: "output" }],
  [deployedFunctionSchema, { name: "Deployment", side: "output" }],
  [deployedLineSchema, { name: "LogLine", side: "output" }],
  [problemSchema, { name: "Problem", side: "output" }],
]);

/** What no JSON Schema can say; the checks are made all the same. */
const UNSAID = ["check", "transform", "to_lower_case"];

/**
 * A schema as JSON Schema, as OpenAPI 3.1 has it.
 * @param options.inPlace whether one with a name is written out, too, and not only referred to.
 */
export function schemaOf(
  schema: GenericSchema,
  { side, inPlace = false }: { side: Side; inPlace?: boolean },
): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: side,
    ignoreActions: UNSAID,
    overrideSchema({ valibotSchema }) {
      // A text, to those who know the older words; they are nothing to begin with.
      if (valibotSchema === eventStatusSchema.pipe[0]) return { type: "string", enum: [...EVENT_STATUSES] };
      const component = COMPONENTS.get(valibotSchema);
      if (component === undefined || (inPlace && valibotSchema === schema)) return undefined;
      return { $ref: `#/components/schemas/${component.name}` };
    },
  });
  return converted;
}
