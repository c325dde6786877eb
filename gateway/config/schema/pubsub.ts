import * as v from "valibot";
import { ruleSchema } from "../../../mesh/rule.ts";
import { list, shape } from "./shape.ts";
import { text } from "./values.ts";

const SUBJECT = /^(?:\/|\/?[^/]+(?:\/[^/]+)*\/?)$/;

/** Who may publish and subscribe at which subjects. */
export const pubsubSchema = shape({
  rules: v.optional(
    list(
      shape({
        subject: v.pipe(text, v.regex(SUBJECT, 'must be a subject such as "/chat/:room"')),
        publish: v.exactOptional(ruleSchema),
        subscribe: v.exactOptional(ruleSchema),
      }),
    ),
    [],
  ),
});
