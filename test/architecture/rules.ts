/** A part of the project whose files live under the same rule. The first zone that lists a file is its own. */
export interface Zone {
  /** Globs of the files it consists of. */
  readonly files: readonly string[];
  /** Globs of the project's files that it may import. */
  readonly mayImport: readonly string[];
  /** Packages it may import; `*` is any. */
  readonly packages: readonly string[];
  /** Where it has to run. `anywhere`: no `node:`, no `bun:`, no `process`, `Bun` or `Deno`. */
  readonly runs: "anywhere" | "on Bun";
  /** It may take types from what it imports, but nothing that is there at run time. */
  readonly typesOnly?: boolean;
  /** The rule in one clause, as an offender gets to read it. */
  readonly why: string;
}

/** The four services. They meet on the broker only. */
export const SERVICES = ["gateway", "worker-service", "functions-service", "builder"] as const;

const CORE = "mesh/*.ts";
const ONE_LIBRARY = "an adapter imports its port and one vendor library";
const SERVICE_CODE = "a service imports mesh/*.ts, itself and the packages test/architecture/rules.ts gives it";

/** What the console is made of; all of it is bundled. The TypeScript in a browser is the last that is written in JavaScript. */
const CONSOLE_PACKAGES: readonly string[] = [
  "react",
  "react-dom",
  "@base-ui/react",
  "@tanstack/react-query",
  "@tanstack/react-router",
  "@tanstack/react-virtual",
  "lucide-react",
  "uplot",
  "eventsource-parser",
  "@codemirror/autocomplete",
  "@codemirror/commands",
  "@codemirror/lang-javascript",
  "@codemirror/lang-json",
  "@codemirror/lang-yaml",
  "@codemirror/language",
  "@codemirror/lint",
  "@codemirror/merge",
  "@codemirror/search",
  "@codemirror/state",
  "@codemirror/view",
  "@lezer/highlight",
  "@typescript/vfs",
  "@valtown/codemirror-ts",
  "typescript-5",
  "yaml",
  // What Vite makes of the worker's types.
  "virtual:handler-types",
];

function serviceZone(files: string, packages: readonly string[], why = SERVICE_CODE): Zone {
  const [service = ""] = files.split("/");
  return {
    files: [files],
    mayImport: [CORE, `${service}/**`],
    packages: ["valibot", ...packages],
    runs: "anywhere",
    why,
  };
}

/** The builder starts programs and writes files: it is at home on Bun only. */
function builderZone(files: string, packages: readonly string[], why = SERVICE_CODE): Zone {
  return { ...serviceZone(files, packages, why), runs: "on Bun" };
}

/** The house plan. Adapters are listed before the service they belong to. */
export const ZONES: readonly Zone[] = [
  {
    files: [
      "mesh/broker/access-of-process.ts",
      "mesh/broker/broker-at.ts",
      "mesh/broker/dial-tcp.ts",
      "mesh/broker/server-parser.ts",
      "mesh/broker/unix*.ts",
      "mesh/broker/nats-bun.ts",
    ],
    mayImport: [CORE, "mesh/broker/*.ts"],
    packages: ["@nats-io/transport-node"],
    runs: "on Bun",
    why: ONE_LIBRARY,
  },
  {
    files: ["mesh/broker/nats-deno.ts"],
    mayImport: [CORE, "mesh/broker/*.ts"],
    packages: ["ws"],
    runs: "on Bun",
    why: ONE_LIBRARY,
  },
  {
    files: ["mesh/broker/**"],
    mayImport: [CORE, "mesh/broker/*.ts"],
    packages: ["@nats-io/nats-core"],
    runs: "anywhere",
    why: ONE_LIBRARY,
  },
  {
    files: ["mesh/tracing/opentelemetry.ts", "mesh/tracing/otlp-settings.ts"],
    mayImport: [CORE, "mesh/tracing/*.ts"],
    packages: ["@opentelemetry/api", "valibot"],
    runs: "anywhere",
    why: ONE_LIBRARY,
  },
  {
    files: ["mesh/tracing/**"],
    mayImport: [CORE, "mesh/tracing/*.ts"],
    packages: [
      "@opentelemetry/api",
      "@opentelemetry/context-async-hooks",
      "@opentelemetry/core",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/exporter-trace-otlp-proto",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace",
    ],
    runs: "on Bun",
    why: ONE_LIBRARY,
  },
  {
    files: ["mesh/**"],
    mayImport: [CORE],
    packages: ["valibot"],
    runs: "anywhere",
    why: "mesh/*.ts is what the others agree on: it imports valibot and other mesh/*.ts, and runs anywhere",
  },
  {
    files: ["client/**"],
    mayImport: [CORE, "client/**"],
    packages: ["eventsource-parser"],
    runs: "anywhere",
    why: "the typed client shares only mesh/*.ts with the services, and runs in browsers",
  },
  {
    files: ["worker-service/runtime/**"],
    mayImport: ["mesh/**", "worker-service/**", "client/**"],
    packages: ["*"],
    runs: "on Bun",
    why: "a runtime entry puts together its own service and adapters; a service written with it may hold a typed client",
  },
  ...SERVICES.map((service): Zone => ({
    files: [`${service}/runtime/**`],
    mayImport: ["mesh/**", `${service}/**`],
    packages: ["*"],
    runs: "on Bun",
    why: "a runtime entry puts together its own service and adapters",
  })),
  serviceZone("gateway/auth/**", ["jose"]),
  // jose for the type of a JSON Web Key.
  serviceZone("gateway/config/**", ["yaml", "jose"]),
  serviceZone("gateway/metrics/**", ["prom-client"], ONE_LIBRARY),
  serviceZone("gateway/rules/query/**", ["kysely"], ONE_LIBRARY),
  serviceZone("gateway/rules/**", []),
  serviceZone("gateway/**", ["hono"]),
  {
    files: ["worker-service/**"],
    mayImport: [CORE, "worker-service/**", "client/*.ts"],
    packages: ["valibot", "@standard-schema/spec", "@valibot/to-json-schema"],
    runs: "anywhere",
    why: "a service imports mesh/*.ts, itself, the typed client and the packages test/architecture/rules.ts gives it",
  },
  serviceZone("functions-service/store/**", ["kysely"], ONE_LIBRARY),
  {
    files: ["functions-service/events/rabbitmq.ts", "functions-service/events/rabbitmq/**"],
    mayImport: [CORE, "functions-service/**"],
    packages: ["amqplib"],
    runs: "on Bun",
    why: ONE_LIBRARY,
  },
  serviceZone("functions-service/metrics/**", ["prom-client"], ONE_LIBRARY),
  serviceZone("functions-service/api/**", ["hono", "@valibot/to-json-schema"]),
  serviceZone("functions-service/**", ["hono"]),
  builderZone("builder/registry/ecr/**", ["@aws-sdk/client-ecr"], ONE_LIBRARY),
  builderZone("builder/attest/sigstore-private-key.ts", ["@noble/ciphers"]),
  builderZone("builder/attest/compare/**", ["modern-tar"]),
  builderZone("builder/attest/**", ["@cyclonedx/cyclonedx-library", "packageurl-js", "spdx-expression-parse"]),
  builderZone("builder/deployer/local/instance/image/**", ["modern-tar"]),
  builderZone("builder/deployer/knative/client/kubeconfig/**", ["yaml"]),
  builderZone("builder/**", []),
  {
    files: ["nats-server/**"],
    mayImport: ["nats-server/**", "mesh/log.ts", "mesh/lifecycle.ts"],
    packages: [],
    runs: "on Bun",
    why: "the embedded broker knows nothing of the house but mesh/log.ts and mesh/lifecycle.ts",
  },
  {
    files: ["testing/**"],
    mayImport: [
      CORE,
      "mesh/broker/*.ts",
      "nats-server/**",
      "gateway/*.ts",
      "gateway/auth/*.ts",
      "gateway/mesh-link/*.ts",
      "gateway/metrics/*.ts",
      "worker-service/*.ts",
      "client/*.ts",
      "testing/**",
    ],
    packages: [],
    runs: "on Bun",
    why: "a mesh for tests puts the parts together in memory: no runtime entry, no package of its own",
  },
  {
    files: ["console/vite.config.ts", "console/vite/**"],
    mayImport: ["console/vite/**"],
    packages: ["vite", "@vitejs/plugin-react", "typescript-5"],
    runs: "on Bun",
    why: "the console is built by Vite alone",
  },
  {
    files: ["console/**"],
    mayImport: [CORE, "console/**"],
    packages: CONSOLE_PACKAGES,
    runs: "anywhere",
    typesOnly: true,
    why: "the console talks to the public HTTP API and shares only types with mesh/*.ts",
  },
  {
    files: ["cli/**"],
    mayImport: ["**"],
    packages: ["*"],
    runs: "on Bun",
    why: "the command line puts everything together",
  },
  {
    files: ["examples/**"],
    mayImport: ["examples/**"],
    packages: ["functions-mesh", "valibot", "hono"],
    runs: "on Bun",
    why: "an example is written as a user would write it, against functions-mesh alone",
  },
  {
    files: ["scripts/docs/**"],
    mayImport: ["scripts/docs/**", CORE],
    packages: ["valibot"],
    runs: "on Bun",
    why: "generated documentation comes from the tables in mesh/*.ts",
  },
  {
    files: ["scripts/**", "*.ts"],
    mayImport: ["scripts/**"],
    packages: ["*"],
    runs: "on Bun",
    why: "the tooling does not depend on what it checks",
  },
  {
    files: ["bench/**", "test/**"],
    mayImport: ["**"],
    packages: ["*"],
    runs: "on Bun",
    why: "tests and benchmarks may import everything",
  },
];

/** Who may import the command line: itself, and the tests of it. */
export const MAY_IMPORT_CLI: readonly string[] = ["cli/**", "test/**"];

/** Where a platform asks for a default export. */
export const MAY_EXPORT_DEFAULT: readonly string[] = [
  "vitest.config.ts",
  "console/vite.config.ts",
  "cli/init/template/vitest.config.ts",
  "scripts/totals-reporter.ts",
  "test/cluster/vitest.config.ts",
  "gateway/runtime/workerd.ts",
  "bench/peers/connecting-worker.ts",
  "examples/**",
  "test/**/fixtures/**",
];

/** Names that say nothing about what is inside; in `test/` they are nobody's burden. */
export const EMPTY_NAMES: readonly string[] = ["utils", "util", "helpers", "helper", "common", "misc", "index"];

/** Longer files are two files. */
export const MAX_LINES = 300;
