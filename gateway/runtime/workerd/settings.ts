import * as v from "valibot";
import { type BrokerCredentials, brokerAccess } from "../../../mesh/broker/access.ts";
import { isName } from "../../../mesh/names.ts";
import type { Environment } from "../../config/environment.ts";
import type { Bindings, ObjectNamespace } from "./platform.ts";

/** What the bindings say. */
export interface EdgeSettings {
  /** The configuration that was deployed along, as text. */
  readonly config: string;
  /** The name that the mesh publishes a newer one by; without it nobody is asked. */
  readonly configName: string | undefined;
  /** Where the broker's WebSocket is, with credentials that fit into a URL. */
  readonly natsUrl: string;
  /** What to show the broker when the URL holds none: an nkey's seed (`NATS_NKEY`) or the text of a credentials file (`NATS_CREDS`). */
  readonly credentials: BrokerCredentials | undefined;
  /** The objects that own connections to the broker. */
  readonly objects: ObjectNamespace;
  /** How many of them share the calls. Default 1. */
  readonly links: number;
  /** Calls that one of them has under way, at most. Default 4096. */
  readonly maxInFlight: number;
  /** How long one of them keeps a connection that nobody uses, in milliseconds. Default 60 000. */
  readonly idleMs: number;
  /** What `$NAME` values of a configuration are taken from. */
  readonly env: Environment;
}

/** Text that has to be there. */
function required(problem: string) {
  return v.custom<string>((value) => typeof value === "string" && value !== "", problem);
}

/** A whole number, as a number or as text. */
function whole(least: number, most: number) {
  const problem = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) => (value === "" ? Number.NaN : Number(value))),
    v.check((value) => Number.isInteger(value) && value >= least && value <= most, problem),
  );
}

const schema = v.object({
  FMESH_CONFIG: required("is not set; bind the configuration to it"),
  FMESH_CONFIG_NAME: v.optional(
    v.pipe(v.string("is no text"), v.check(isName, "may hold 1 to 64 letters, digits, _ and -")),
  ),
  NATS_URL: v.pipe(
    required('is not set; use "wrangler secret put NATS_URL"'),
    v.check(isWebSocketUrl, "is no URL of a WebSocket; use wss://user:password@host"),
  ),
  FMESH_LINK: v.custom<ObjectNamespace>(
    (value) => typeof value === "object" && value !== null && "idFromName" in value,
    "is no Durable Object namespace; see wrangler.toml",
  ),
  FMESH_LINKS: v.optional(whole(1, 1024), 1),
  FMESH_MAX_IN_FLIGHT: v.optional(whole(1, 100_000), 4096),
  FMESH_IDLE_SECONDS: v.optional(whole(1, 86_400), 60),
});

/**
 * Reads the bindings.
 * @throws TypeError naming each that cannot be used, never with its value.
 */
export function readSettings(bindings: Bindings): EdgeSettings {
  const parsed = v.safeParse(schema, {
    FMESH_CONFIG: undefined,
    NATS_URL: undefined,
    FMESH_LINK: undefined,
    ...bindings,
  });
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, message }) => `the binding ${String(path?.[0]?.key)} ${message}`);
    throw new TypeError(problems.join("; "));
  }
  const { output } = parsed;
  const texts = Object.entries(bindings).filter(([, value]) => typeof value === "string");
  const env = Object.fromEntries(texts) as Environment;
  const { credentials, ca } = brokerAccess(env);
  if (ca !== undefined)
    throw new TypeError("the binding NATS_CA has no effect: the platform trusts public authorities alone");
  return {
    config: output.FMESH_CONFIG,
    configName: output.FMESH_CONFIG_NAME,
    natsUrl: output.NATS_URL,
    credentials,
    objects: output.FMESH_LINK,
    links: output.FMESH_LINKS,
    maxInFlight: output.FMESH_MAX_IN_FLIGHT,
    idleMs: output.FMESH_IDLE_SECONDS * 1000,
    env,
  };
}

function isWebSocketUrl(text: string): boolean {
  return URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol);
}
