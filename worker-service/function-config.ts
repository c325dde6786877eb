import * as v from "valibot";
import { isName } from "../mesh/names.ts";
import { PROCESS_ENVIRONMENT, readEnvironment } from "./config.ts";
import { type Bounds, checkedBounds } from "./limiter.ts";

/** What a deployed function is told by whoever deployed it. */
export interface FunctionConfig {
  /** Where it listens for HTTP; 0 is a free port. */
  readonly port: number;
  /** What it is called: its label. */
  readonly service: string;
  /** Semantic version made of the stored function's, which is a number. */
  readonly version: string;
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
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly isSupervised: boolean;
}

const MAX_PORT = 65_535;
/** As long as Knative lets a request take. */
const MAX_TIMEOUT_MS = 600_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_BOUND = 1_000_000;

const service = v.optional(v.pipe(v.string(), v.check(isName, "use 1 to 64 letters, digits, _ or -")));

const environmentSchema = v.object({
  ...PROCESS_ENVIRONMENT,
  PORT: whole(0, MAX_PORT, 8080),
  FMESH_SERVICE: service,
  FMESH_VERSION: whole(0, Number.MAX_SAFE_INTEGER, 0),
  FMESH_CONCURRENCY: whole(1, MAX_BOUND, 256),
  FMESH_QUEUE: whole(0, MAX_BOUND, 1024),
  FMESH_TIMEOUT_MS: whole(1, MAX_TIMEOUT_MS, 10_000),
  FMESH_MAX_BODY_BYTES: whole(1, MAX_BODY_BYTES, 1024 * 1024),
  FMESH_FINISH_MS: whole(0, MAX_TIMEOUT_MS, 25_000),
  FMESH_TRUST_CLAIMS: v.optional(v.picklist(["0", "1"]), "0"),
  K_SERVICE: service,
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
  const version = String(read.FMESH_VERSION);
  return {
    port: read.PORT,
    service: service ?? "function",
    version: `${version}.0.0`,
    bounds: checkedBounds({ concurrency: read.FMESH_CONCURRENCY, queue: read.FMESH_QUEUE }),
    timeoutMs: read.FMESH_TIMEOUT_MS,
    maxBodyBytes: read.FMESH_MAX_BODY_BYTES,
    finishMs: read.FMESH_FINISH_MS,
    trustsClaims: read.FMESH_TRUST_CLAIMS === "1",
    metadata: { function_version: version, ...(revision !== undefined && { revision }) },
    mesh: brokerUrl !== undefined && project !== undefined ? { brokerUrl, project } : undefined,
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
