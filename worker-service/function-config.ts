import * as v from "valibot";
import { MAX_SHARE } from "../mesh/instance-report.ts";
import { isName } from "../mesh/names.ts";
import { PROCESS_ENVIRONMENT, readEnvironment, text } from "./config.ts";
import { type Bounds, checkedBounds } from "./limiter.ts";

/** What a deployed function is told by whoever deployed it. */
export interface FunctionConfig {
  /** Where it listens for HTTP; 0 is a free port, `undefined` none at all. */
  readonly port: number | undefined;
  /** What it is called: its label. */
  readonly service: string;
  /** Semantic version made of the stored function's, which is a number. */
  readonly version: string;
  /** The stored function's own. */
  readonly storedVersion: number;
  readonly bounds: Bounds;
  /** How long an HTTP caller waits at most, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest body of an HTTP request that becomes one value. */
  readonly maxBodyBytes: number;
  /** How long calls may take to finish after SIGTERM, in milliseconds. */
  readonly finishMs: number;
  /** Whether HTTP requests come from a gateway that has verified the claims they carry. */
  readonly trustsClaims: boolean;
  /** What the services protocol tells of it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The mesh it joins; `undefined` for HTTP alone. */
  readonly mesh: { readonly brokerUrl: string; readonly project: string } | undefined;
  /** What whoever started it calls it in the mesh, and talks to it by; `undefined` when nobody does. */
  readonly instance: string | undefined;
  /** How many subscriptions of each function it begins with. */
  readonly share: number;
  /** A folder with a file for each of its secrets, which is named as the variable that the handler finds it in. */
  readonly secretsFolder: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly isSupervised: boolean;
}

const MAX_PORT = 65_535;
/** As long as Knative lets a request take. */
const MAX_TIMEOUT_MS = 600_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_BOUND = 1_000_000;

const name = v.optional(v.pipe(v.string(), v.check(isName, "use 1 to 64 letters, digits, _ or -")));

const environmentSchema = v.object({
  ...PROCESS_ENVIRONMENT,
  PORT: whole(0, MAX_PORT, 8080),
  FMESH_HTTP: v.optional(v.picklist(["0", "1"]), "1"),
  FMESH_SERVICE: name,
  FMESH_VERSION: whole(0, Number.MAX_SAFE_INTEGER, 0),
  FMESH_CONCURRENCY: whole(1, MAX_BOUND, 256),
  FMESH_QUEUE: whole(0, MAX_BOUND, 1024),
  FMESH_TIMEOUT_MS: whole(1, MAX_TIMEOUT_MS, 10_000),
  FMESH_MAX_BODY_BYTES: whole(1, MAX_BODY_BYTES, 1024 * 1024),
  FMESH_FINISH_MS: whole(0, MAX_TIMEOUT_MS, 25_000),
  FMESH_TRUST_CLAIMS: v.optional(v.picklist(["0", "1"]), "0"),
  FMESH_INSTANCE: name,
  FMESH_SHARE: whole(0, MAX_SHARE, 1),
  FMESH_SECRETS: text,
  K_SERVICE: name,
  K_REVISION: v.optional(v.string()),
});

/**
 * Settles how a deployed function is served.
 * @throws TypeError naming every variable that is missing or not valid.
 */
export function functionConfig(environment: Readonly<Record<string, string | undefined>>): FunctionConfig {
  const read = readEnvironment("function", environmentSchema, environment);
  const { NATS_URL: brokerUrl, FMESH_PROJECT: project, K_REVISION: revision } = read;
  const service = read.FMESH_SERVICE ?? read.K_SERVICE;
  if (brokerUrl !== undefined && (project === undefined || service === undefined)) {
    const missing = project === undefined ? "FMESH_PROJECT to its project" : "FMESH_SERVICE to its label";
    throw new TypeError(`NATS_URL says which broker the function joins, but not as what; set ${missing}`);
  }
  if (brokerUrl === undefined && (read.FMESH_HTTP === "0" || read.FMESH_INSTANCE !== undefined)) {
    const why = read.FMESH_HTTP === "0" ? "FMESH_HTTP=0 leaves the mesh alone" : "FMESH_INSTANCE names it in a mesh";
    throw new TypeError(`${why}, but not which; set NATS_URL to the broker's URL`);
  }
  const version = String(read.FMESH_VERSION);
  return {
    port: read.FMESH_HTTP === "1" ? read.PORT : undefined,
    service: service ?? "function",
    version: `${version}.0.0`,
    storedVersion: read.FMESH_VERSION,
    bounds: checkedBounds({ concurrency: read.FMESH_CONCURRENCY, queue: read.FMESH_QUEUE }),
    timeoutMs: read.FMESH_TIMEOUT_MS,
    maxBodyBytes: read.FMESH_MAX_BODY_BYTES,
    finishMs: read.FMESH_FINISH_MS,
    trustsClaims: read.FMESH_TRUST_CLAIMS === "1",
    metadata: { function_version: version, ...(revision !== undefined && { revision }) },
    mesh: brokerUrl !== undefined && project !== undefined ? { brokerUrl, project } : undefined,
    instance: read.FMESH_INSTANCE,
    share: read.FMESH_SHARE,
    secretsFolder: read.FMESH_SECRETS,
    logLevel: read.FMESH_LOG_LEVEL,
    isSupervised: read.FMESH_SUPERVISED === "1",
  };
}

function whole(least: number, most: number, otherwise: number): v.GenericSchema<string | undefined, number> {
  const isMeant = (text: string): boolean => /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return v.pipe(
    v.optional(v.string(), ""),
    v.check((text) => text === "" || isMeant(text), `use a whole number from ${least} to ${most}`),
    v.transform((text) => (text === "" ? otherwise : Number(text))),
  );
}
