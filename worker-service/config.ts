import * as v from "valibot";
import type { HttpClientOptions } from "../client/http.ts";
import { isName } from "../mesh/names.ts";
import type { RunningMesh } from "../mesh/running-mesh.ts";

/** How a worker reaches its mesh. */
export interface WorkerConfig {
  readonly brokerUrl: string;
  readonly project: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Whether who started the worker holds its standard input open: when that ends, the worker stops. */
  readonly isSupervised: boolean;
  /** Whether logged errors show the source lines they come from. */
  readonly showsSource: boolean;
}

/** What `start()` may be told; it wins over the environment. */
export interface WorkerOptions {
  /** Broker URL: `ws://`, `wss://`, `nats://` or `tls://`. Default `NATS_URL`, else the mesh running beside the script. */
  readonly brokerUrl?: string;
  /** Default `FMESH_PROJECT`, else the running mesh's only project. */
  readonly project?: string;
}

/** A variable's text. Empty is how an environment file says "not set". */
export const text = v.pipe(
  v.optional(v.string()),
  v.transform((value) => (value === "" ? undefined : value)),
);

const project = v.optional(v.pipe(v.string(), v.check(isName, "use 1 to 64 letters, digits, _ or -")));

/** What whoever starts a process that belongs to a mesh may say about it. */
export const PROCESS_ENVIRONMENT = {
  NATS_URL: text,
  FMESH_PROJECT: project,
  FMESH_SUPERVISED: v.optional(v.picklist(["0", "1"]), "0"),
  FMESH_LOG_LEVEL: v.optional(v.picklist(["debug", "info", "warn", "error"]), "info"),
} as const;

const environmentSchema = v.object({
  ...PROCESS_ENVIRONMENT,
  FMESH_LOG_SOURCE: v.optional(v.picklist(["0", "1"]), "0"),
});

/**
 * Settles where a worker belongs: options, then environment, then the running mesh, looked for only when asked.
 * @throws TypeError naming every variable that is missing or not valid.
 */
export function workerConfig(
  options: WorkerOptions,
  environment: Readonly<Record<string, string | undefined>>,
  findRunningMesh: () => RunningMesh | undefined,
): WorkerConfig {
  const read = readEnvironment("worker", environmentSchema, environment);
  const { NATS_URL, FMESH_PROJECT, FMESH_SUPERVISED, FMESH_LOG_LEVEL, FMESH_LOG_SOURCE } = read;
  const told = { brokerUrl: options.brokerUrl ?? NATS_URL, project: options.project ?? FMESH_PROJECT };
  const isTold = told.brokerUrl !== undefined && told.project !== undefined;
  const running = isTold ? undefined : findRunningMesh();
  const { brokerUrl = running?.brokerUrl, project = running?.project } = told;
  if (brokerUrl === undefined) {
    throw new TypeError("no mesh to join: start one with `fmesh up`, or set NATS_URL to the broker's URL");
  }
  if (project === undefined) throw new TypeError("which project is this worker's? set FMESH_PROJECT to its id");
  return {
    brokerUrl,
    project,
    logLevel: FMESH_LOG_LEVEL,
    isSupervised: FMESH_SUPERVISED === "1",
    showsSource: FMESH_LOG_SOURCE === "1",
  };
}

const clientEnvironmentSchema = v.object({ FMESH_URL: text, FMESH_PROJECT: project, FMESH_TOKEN: text });

/** What `client()` may be told; it wins over the environment. */
export interface ClientOptions extends Partial<HttpClientOptions> {
  /** The gateway's URL. Default `FMESH_URL`, else that of the mesh running beside the script. */
  readonly url?: string;
  /** Default `FMESH_PROJECT`, else the running mesh's only project. */
  readonly project?: string;
  /** A JWT, or how to get one. Default `FMESH_TOKEN`. */
  readonly token?: HttpClientOptions["token"];
}

/**
 * Settles whom a client calls: options, then environment, then the running mesh, looked for only when asked.
 * @throws TypeError naming what is missing or not valid.
 */
export function clientConfig(
  options: ClientOptions,
  environment: Readonly<Record<string, string | undefined>>,
  findRunningMesh: () => RunningMesh | undefined,
): HttpClientOptions {
  const { FMESH_URL, FMESH_PROJECT, FMESH_TOKEN } = readEnvironment("client", clientEnvironmentSchema, environment);
  const told = { url: options.url ?? FMESH_URL, project: options.project ?? FMESH_PROJECT };
  const isTold = told.url !== undefined && told.project !== undefined;
  const running = isTold ? undefined : findRunningMesh();
  const { url = running?.gatewayUrl, project: id = running?.project } = told;
  if (url === undefined) {
    throw new TypeError("no mesh to call: start one with `fmesh up`, or set FMESH_URL to the gateway's URL");
  }
  if (id === undefined) throw new TypeError("which project is to be called? set FMESH_PROJECT to its id");
  return { ...options, url, project: id, token: options.token ?? FMESH_TOKEN };
}

/** @throws TypeError naming every variable that is not valid. */
export function readEnvironment<S extends v.GenericSchema>(
  whose: "worker" | "client" | "function",
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, environment);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "environment"}: ${issue.message}`);
  throw new TypeError(`the ${whose}'s environment is not valid: ${problems.join("; ")}`);
}
