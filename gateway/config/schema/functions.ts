import * as v from "valibot";
import type { Environment } from "../environment.ts";
import { shape } from "./shape.ts";
import { flag, variableUrl, whole } from "./values.ts";

/** Where a configuration keeps its functions and events when it does not say. */
const DEFAULT_DATABASE = "sqlite:.fmesh/functions.db";

/** The most changes that may wait to be delivered, and the longest that events can be kept. */
const MOST_BACKLOG = 1_000_000_000;
const MOST_DAYS = 36_500;

const RABBITMQ_LAYOUTS = ["exchange", "queue"] as const;

/** Where functions and events are kept, and who is told of events. */
export function functionsSchema(env: Environment) {
  const database = v.pipe(
    variableUrl(env, {
      schemes: ["sqlite:", "postgres:", "postgresql:"],
      example: "sqlite:./functions.db",
    }),
    v.check((value) => value !== "sqlite:", 'must name a file, as in "sqlite:./functions.db"'),
  );
  const rabbitmq = variableUrl(env, { schemes: ["amqp:", "amqps:"], example: "amqp://user@rabbit.example.com" });
  return shape({
    enabled: v.optional(flag, true),
    database: v.optional(database, DEFAULT_DATABASE),
    rabbitmq: v.exactOptional(rabbitmq),
    rabbitmqLayout: v.exactOptional(v.picklist(RABBITMQ_LAYOUTS, `must be one of ${RABBITMQ_LAYOUTS.join(", ")}`)),
    maxBacklog: v.exactOptional(whole(1, MOST_BACKLOG)),
    keepDays: v.exactOptional(whole(1, MOST_DAYS)),
  });
}
