import * as v from "valibot";
import { isName } from "../../../mesh/names.ts";
import type { Environment } from "../../config/environment.ts";
import type { Bindings, ObjectNamespace } from "./platform.ts";

/** What the bindings say. */
export interface EdgeSettings {
  /** The configuration that was deployed along, as text. */
  readonly config: string;
  /** The name that the mesh publishes a newer one by; without it nobody is asked. */
  readonly configName: string | undefined;
  /** Where the broker's WebSocket is, with credentials. */
  readonly natsUrl: string;
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

const whole = (least: number, most: number) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.nonEmpty(), v.toNumber())]),
    v.integer(),
    v.minValue(least),
    v.maxValue(most),
  );

const schema = v.object({
  FMESH_CONFIG: v.pipe(v.string("is not set; bind the configuration to it"), v.nonEmpty("is empty")),
  FMESH_CONFIG_NAME: v.optional(v.pipe(v.string(), v.check(isName, "may hold letters, digits, _ and - only"))),
  NATS_URL: v.pipe(
    v.string('is not set; use "wrangler secret put NATS_URL"'),
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
  const parsed = v.safeParse(schema, { ...bindings });
  if (!parsed.success) {
    const problems = parsed.issues.map(({ path, kind, message }) => {
      const name = String(path?.[0]?.key);
      // A message of the library's own would quote the value.
      return `the binding ${name} ${kind === "schema" && name.startsWith("FMESH_LINKS") ? "is no number" : message}`;
    });
    throw new TypeError(problems.join("; "));
  }
  const { output } = parsed;
  return {
    config: output.FMESH_CONFIG,
    configName: output.FMESH_CONFIG_NAME,
    natsUrl: output.NATS_URL,
    objects: output.FMESH_LINK,
    links: output.FMESH_LINKS,
    maxInFlight: output.FMESH_MAX_IN_FLIGHT,
    idleMs: output.FMESH_IDLE_SECONDS * 1000,
    env: Object.fromEntries(Object.entries(bindings).filter(([, value]) => typeof value === "string")) as Environment,
  };
}

function isWebSocketUrl(text: string): boolean {
  return URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol);
}
