import * as v from "valibot";
import type { Environment } from "./environment.ts";
import { adminSchema } from "./schema/admin.ts";
import { LAYOUT, builderSchema } from "./schema/builder.ts";
import { deployerSchema } from "./schema/deployer.ts";
import { functionsSchema } from "./schema/functions.ts";
import { gatewaySchema } from "./schema/gateway.ts";
import { projectsSchema } from "./schema/project.ts";
import { list, named, record, shape } from "./schema/shape.ts";
import { port, text, variableText, variableUrl } from "./schema/values.ts";

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/;

const webhookHost = v.pipe(
  text,
  v.toLowerCase(),
  v.regex(HOST, 'must be a host such as "hooks.example.com" or "localhost:8080", without scheme and path'),
);

const variableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, ({ input }) => {
    return `${JSON.stringify(input)} is not the name of a variable; use letters, digits and _`;
  }),
);

/** The shape of our own dialect, to which every other is converted. `env` is what `$NAME` values are taken from. */
export function configSchema(env: Environment) {
  const settings = shape({
    projects: projectsSchema(env),
    gateway: v.optional(gatewaySchema, {}),
    admin: v.optional(adminSchema(env), {}),
    broker: v.optional(brokerSchema(env), {}),
    functions: v.optional(functionsSchema(env), {}),
    builder: v.optional(builderSchema(env), {}),
    deployer: v.optional(deployerSchema(env), {}),
    webhooks: v.optional(shape({ allowHosts: v.optional(list(webhookHost), []) }), {}),
    databases: v.optional(named("database", databaseSchema(env)), {}),
    workers: v.optional(
      list(
        shape({
          run: text,
          name: v.exactOptional(text),
          env: v.exactOptional(record(variableName, variableText(env))),
        }),
      ),
      [],
    ),
  });
  return v.pipe(
    settings,
    v.forward(
      v.check(
        ({ builder, deployer }) => deployer.home === "local" || !builder.registry.startsWith(LAYOUT),
        'a cluster cannot pull from a folder; name a registry in "builder.registry"',
      ),
      ["deployer", "home"],
    ),
    v.forward(
      v.check(
        ({ projects, gateway }) => !gateway.spaceCloud.natsWorkers || projects.length === 1,
        '"natsWorkers" needs a single project: workers of 2019 name none on the broker; leave it out, or the others',
      ),
      ["gateway", "spaceCloud"],
    ),
  );
}

function brokerSchema(env: Environment) {
  const schemes = ["nats:", "tls:", "ws:", "wss:"];
  return shape({
    url: v.exactOptional(variableUrl(env, { schemes, example: "nats://broker.example.com:4222" })),
    tcpPort: v.optional(port, 4222),
    wsPort: v.optional(port, 4223),
    token: v.exactOptional(variableText(env)),
  });
}

function databaseSchema(env: Environment) {
  const projects = v.exactOptional(list(text));
  const sqlite = shape({ kind: v.literal("sqlite"), path: text, projects });
  const schemes = ["postgres:", "postgresql:"];
  const example = "postgres://user@db.example.com/shop";
  const postgres = shape({ kind: v.literal("postgres"), url: variableUrl(env, { schemes, example }), projects });
  const unknown = v.custom<never>(() => false, 'must hold "kind: sqlite" and a path, or "kind: postgres" and a url');
  return v.lazy((input) => {
    const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : undefined;
    if (kind === "sqlite") return sqlite;
    return kind === "postgres" ? postgres : unknown;
  });
}
