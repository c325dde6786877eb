import * as v from "valibot";
import type { Environment } from "../environment.ts";
import { isName } from "../../../mesh/names.ts";
import { type Rule, ruleSchema } from "../../../mesh/rule.ts";
import { authSchema } from "./auth.ts";
import { eachOnce } from "./each-once.ts";
import { recordSchema } from "./record.ts";
import { pubsubSchema } from "./pubsub.ts";
import { list, named, shape } from "./shape.ts";
import { text } from "./values.ts";

const id = v.pipe(
  text,
  v.check(isName, ({ input }) => `${JSON.stringify(input)} is not a project id; use 1 to 64 letters, digits, _ or -`),
);

const service = shape({
  functions: named(
    "function",
    shape({
      rule: v.exactOptional(ruleSchema),
      record: v.exactOptional(recordSchema),
      example: v.exactOptional(v.unknown()),
    }),
  ),
});

/** Who may serve functions through a gateway: whoever likes, holders of a good token, or whom a rule lets. */
const registration = v.lazy((input): v.GenericSchema<unknown, "open" | "token" | Rule> => {
  return input === "open" || input === "token" ? v.picklist(["open", "token"]) : ruleSchema;
});

/** The projects of a configuration, each id once. */
export function projectsSchema(env: Environment) {
  const project = shape(
    {
      id,
      name: v.exactOptional(text),
      auth: v.optional(authSchema(env), {}),
      services: v.optional(named("service", service), {}),
      registration: v.optional(registration, "token"),
      pubsub: v.exactOptional(pubsubSchema),
    },
    { shortForms: ["secret", "secrets"] },
  );
  return v.pipe(list(project), eachOnce("id", "project id"));
}
