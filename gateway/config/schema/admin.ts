import * as v from "valibot";
import type { Environment } from "../environment.ts";
import { eachOnce } from "./each-once.ts";
import { list, shape } from "./shape.ts";
import { text, variableText } from "./values.ts";

const ROLES = ["admin", "viewer"] as const;

/** Who may see and change the configuration. */
export function adminSchema(env: Environment) {
  const user = shape({
    user: text,
    pass: variableText(env),
    role: v.optional(v.picklist(ROLES, `must be one of ${ROLES.join(", ")}`), "admin"),
    /** Ids of the projects; without it, all. */
    projects: v.exactOptional(list(text)),
  });
  return shape({
    secret: v.exactOptional(variableText(env)),
    users: v.optional(v.pipe(list(user), eachOnce("user", "user")), []),
  });
}
