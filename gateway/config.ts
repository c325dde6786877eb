import * as v from "valibot";
import type { Home } from "../mesh/deployment.ts";
import type { FUNCTION_RUNTIMES } from "../mesh/function.ts";
import type { Rule } from "../mesh/rule.ts";
import type { AuthOptions } from "./auth/options.ts";
import { ConfigError, type ConfigFinding } from "./config/config-error.ts";
import { deepFreeze } from "./config/deep-freeze.ts";
import { detectDialect } from "./config/dialect.ts";
import type { Environment } from "./config/environment.ts";
import { reportIssue } from "./config/issue.ts";
import { readSource } from "./config/read-source.ts";
import { configSchema } from "./config/schema.ts";
import { mapEntries, plainValue } from "./config/source-node.ts";
import type { CorsPolicy, Limits } from "./policy.ts";
import type { RecordSettings } from "./recording.ts";

/** Everything a configuration file decides: checked, every default filled in, frozen. */
export interface GatewayConfig {
  readonly projects: readonly ProjectConfig[];
  readonly gateway: {
    /** Address to listen on. Default `127.0.0.1`. */
    readonly host: string;
    /** Port to listen on; 0 picks a free one. Default 4122. */
    readonly port: number;
    readonly cors: CorsPolicy;
    /** The names at which alone the console is, and no service's pages; without them all is at every name. */
    readonly consoleHosts?: readonly string[];
    readonly limits: Limits;
    /** Where records of calls become durable before they are shipped to the functions service. */
    readonly records: {
      /** Relative to the configuration file. Default: `.fmesh/records` for `fmesh up`, else none. */
      readonly folder?: string;
      /** How much may wait there. Default 268 435 456. */
      readonly maxBytes: number;
    };
    /** What clients of 2019 find besides its call paths. */
    readonly spaceCloud: SpaceCloudConfig;
    /** The name by which gateways elsewhere ask for this configuration. Default: they are not answered. */
    readonly publishAs?: string;
    /** The name of a published configuration that counts here instead of this one's projects. Default: this one's count. */
    readonly follow?: string;
  };
  readonly admin: AdminConfig;
  readonly broker: BrokerConfig;
  readonly functions: FunctionsServiceConfig;
  readonly builder: BuilderConfig;
  readonly deployer: DeployerConfig;
  readonly webhooks: {
    /** Hosts a `webhook` rule may ask: `host` or `host:port`, in lower case. Default none. */
    readonly allowHosts: readonly string[];
  };
  /** What `query` rules read, by the name they use. */
  readonly databases: Readonly<Record<string, DatabaseConfig>>;
  /** Processes that are started along with the gateway. */
  readonly workers: readonly WorkerConfig[];
  /** What the operator should know, though it does not stop anything. */
  readonly warnings: readonly ConfigFinding[];
}

/** One project: who may call what. */
export interface ProjectConfig {
  readonly id: string;
  /** For people; the id is what counts. */
  readonly name?: string;
  /** How tokens are checked. Without any key there is no token that could be good. */
  readonly auth: AuthOptions & { readonly secrets: readonly string[] };
  /** Own keys only: the record has no prototype, so that no inherited name looks like a service. */
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** Who may serve functions through the gateway, as workers of 2019 do: whoever likes, holders of a good token (default), or whom a rule lets. */
  readonly registration: "open" | "token" | Rule;
  /** Who may publish and subscribe. Default nobody. */
  readonly pubsub?: { readonly rules: readonly PubsubRuleConfig[] };
}

/** Who may publish and subscribe at a subject and below it; `:name` stands for one segment, and nobody may where no rule is. */
export interface PubsubRuleConfig {
  /** `/chat/:room` */
  readonly subject: string;
  readonly publish?: Rule;
  readonly subscribe?: Rule;
}

/** What clients of Space Cloud, 2019, find besides its call paths. */
export interface SpaceCloudConfig {
  /** How `/services/` answers: `{"result":…}` (default), or the result alone. */
  readonly servicesAnswer: "wrapped" | "bare";
  /** How often the sockets of workers are pinged. Default 25. */
  readonly pingSeconds: number;
  /** Port of the gRPC service; 0 picks a free one. Default: there is none. */
  readonly grpcPort?: number;
  /** Whether functions are also looked for at workers that sit on the broker as those of 2019 did. Default `false`. */
  readonly natsWorkers: boolean;
}

/** Who may see and change the configuration. */
export interface AdminConfig {
  /** Signs their tokens. Default: one is made at each start. */
  readonly secret?: string;
  readonly users: readonly AdminUserConfig[];
}

/** Somebody who may log in. */
export interface AdminUserConfig {
  readonly user: string;
  readonly pass: string;
  /** `viewer` only sees. Default `admin`. */
  readonly role: "admin" | "viewer";
  /** Default: all. */
  readonly projects?: readonly string[];
}

/** The functions of a service; the one named `default` speaks for those that are not listed. */
export interface ServiceConfig {
  readonly functions: Readonly<Record<string, FunctionConfig>>;
}

/** What the configuration says of one function. */
export interface FunctionConfig {
  /** Who may call it. Without one it is as if the function were not listed. */
  readonly rule?: Rule;
  /** What is recorded of its calls. Without it, what is said of the function `default`; else nothing. */
  readonly record?: RecordSettings;
  /** Params to try it with: shown to people, never sent by itself. */
  readonly example?: unknown;
}

/** How to reach the broker, or how to run one. */
export interface BrokerConfig {
  /** An existing NATS server. Without it, one runs inside the gateway. */
  readonly url?: string;
  /** TCP port of the broker inside; 0 picks a free one. Default 4222. */
  readonly tcpPort: number;
  /** WebSocket port of the broker inside; 0 picks a free one. Default 4223. */
  readonly wsPort: number;
  /** What clients of the broker must present. */
  readonly token?: string;
}

/** The service that keeps stored functions and events. */
export interface FunctionsServiceConfig {
  /** Whether `fmesh up` runs it. Default `true`. */
  readonly enabled: boolean;
  /**
   * Where it keeps them: `sqlite:<file>`, relative to the configuration file, or a `postgres:` URL. Default
   * `sqlite:.fmesh/functions.db`.
   */
  readonly database: string;
  /** The RabbitMQ that is told of events. Default none. */
  readonly rabbitmq?: string;
  /** How it is told: CloudEvents on a topic exchange (default), or plain events in a queue as older consumers read them. */
  readonly rabbitmqLayout?: "exchange" | "queue";
  /** How many changes of events may wait to be delivered before no more begin. Default 1 000 000. */
  readonly maxBacklog?: number;
  /** Days after which events are forgotten. Default never. */
  readonly keepDays?: number;
}

/** What makes images of functions. Paths are relative to the configuration file. */
export interface BuilderConfig {
  /** Whether `fmesh up` runs it. Default `true`. */
  readonly enabled: boolean;
  /** Where images are published: `oci-layout:<folder>` (default `oci-layout:.fmesh/images`) or a registry's address. */
  readonly registry: string;
  /** Whether another machine's registry may be used without TLS. Default `false`. */
  readonly plainHttp: boolean;
  /** File of the authorities, PEM, to trust at the registry instead of the usual ones. */
  readonly ca?: string;
  /** Default: all that the base has. */
  readonly architectures?: readonly ("amd64" | "arm64")[];
  /** Bases by runtime, as `repository:tag` or `repository@sha256:…`. Default: made of what the machine has. */
  readonly bases: Readonly<Partial<Record<(typeof FUNCTION_RUNTIMES)[number], string>>>;
  /** File of the private key. Default: one is made at `.fmesh/signing.key`. */
  readonly signingKey?: string;
  /** File of the policy that every image has to hold by. Default none. */
  readonly policy?: string;
  /** A URI that stands for whoever runs the builder. */
  readonly id: string;
  /** Builds that run at a time. Default 2. */
  readonly atOnce: number;
  /** Where npm packages come from. Default: npm's own registry. */
  readonly npm: {
    readonly registry?: string;
    readonly token?: string;
    /** File of the authorities, PEM, to trust besides the usual ones. */
    readonly ca?: string;
    readonly proxy?: string;
  };
}

/** What runs images of functions. Paths are relative to the configuration file. */
export interface DeployerConfig {
  /** Whether `fmesh up` runs it. Default `true`. */
  readonly enabled: boolean;
  /** Processes of this machine (`local`, the default), or Knative. */
  readonly home: Home;
  /** File of the policy that images have to hold by. Default: the builder's. */
  readonly policy?: string;
  readonly local: {
    /** Where deployments and images are kept. Default `.fmesh/deployments`. */
    readonly folder: string;
    /** Where secrets are: `<project>/<secret>/<key>`. Default `.fmesh/secrets`. */
    readonly secrets: string;
    /** Whether bubblewrap keeps processes apart from the machine: where it is there (`auto`, the default), always or never. */
    readonly sandbox: "auto" | "required" | "off";
  };
  readonly knative: KnativeConfig;
}

/** The cluster that functions run in. */
export interface KnativeConfig {
  /** File that says how to reach it. Default: `KUBECONFIG`, the pod's own account, or `~/.kube/config`. */
  readonly kubeconfig?: string;
  /** Default: the file's current one. */
  readonly context?: string;
  /** Where the functions of a project are; `{project}` stands for its name. Default `fn-{project}`. */
  readonly namespace: string;
  /** Default `default`. */
  readonly serviceAccount: string;
  readonly imagePullSecrets: readonly string[];
  /** The Secret with the broker's URL, for pods that are to join the mesh themselves. Default: they do not. */
  readonly joinMesh?: { readonly name: string; readonly key: string };
  /** Where the cluster pulls images from, when it knows `builder.registry` by another name. */
  readonly registry?: string;
  /** Who may reach the routes: the cluster (default) or everybody. */
  readonly visibility: "cluster-local" | "external";
  /** Where routes are called at, when their own addresses do not lead there. */
  readonly ingress?: string;
  /** How long a revision may take to become ready. Default 120. */
  readonly progressDeadlineSeconds: number;
}

/** A database for `query` rules. A SQLite path is relative to the configuration file. */
export type DatabaseConfig = {
  /** Ids of the projects whose rules may ask it. Default: all. */
  readonly projects?: readonly string[];
} & ({ readonly kind: "sqlite"; readonly path: string } | { readonly kind: "postgres"; readonly url: string });

/** A worker process: a file to run, relative to the configuration file, and what to add to its environment. */
export interface WorkerConfig {
  readonly run: string;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ParseOptions {
  /** How errors name the file; one that ends in `json` is read as JSON. */
  readonly filename: string;
  /** What `$NAME` values are taken from. */
  readonly env: Environment;
  /** The sections that are read, as if the others were not there. Default: all. */
  readonly sections?: ReadonlySet<string>;
}

/**
 * Reads a configuration: our own dialect, or one of Space Cloud's of 2019 (see docs/configuration.md).
 * @throws ConfigError with every problem found, each with its path and line.
 */
export function parseConfig(text: string, options: ParseOptions): GatewayConfig {
  const { filename, env, sections } = options;
  const { root, findings } = readSource(text, filename);
  const whole = detectDialect(root)(root, findings);
  const converted =
    sections === undefined ? whole : mapEntries(whole, (section, key) => (sections.has(key) ? section : undefined));
  const result = v.safeParse(configSchema(env), plainValue(converted));
  for (const issue of result.issues ?? []) reportIssue(issue, { root: converted, findings });
  const { problems, warnings } = findings;
  if (!result.success || problems.length > 0) throw new ConfigError(filename, problems);
  return deepFreeze({ ...result.output, warnings });
}
