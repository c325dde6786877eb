import type { Hono } from "hono";
import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import { adminRoutes } from "../admin.ts";
import type { AdminAuth } from "../admin/admin-auth.ts";
import type { ConfigStore } from "../admin/config-store.ts";
import { adminProblem } from "../admin/answer.ts";
import { Configuration } from "../admin/configuration.ts";
import { advice } from "../advice.ts";
import { bearerToken } from "../auth/bearer-token.ts";
import { buildPolicy } from "../build-policy.ts";
import type { GatewayConfig } from "../config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment.ts";
import type { MeshLink } from "../mesh-link.ts";
import { meshViewRoutes } from "../mesh-view/routes.ts";
import { MeshWatch } from "../mesh-view/watch.ts";
import type { LivePolicy } from "../policy.ts";

/** What a gateway needs to be administered. */
export interface AdminSetup {
  /** Who administrators are. Kept by whoever made it, to give out one-time codes. */
  readonly auth: AdminAuth;
  /** Where the configuration is kept; without it, it can be seen but not changed. */
  readonly store?: ConfigStore;
  /** The mesh's, for those who look at it. */
  readonly version: string;
  /** What `$NAME` values of a text that is checked or saved are taken from. */
  readonly env: Environment;
  /** What the gateway gets instead of what the file says. Default: just that. */
  readonly adapt?: (config: GatewayConfig) => GatewayConfig;
  /** Whether this is a mesh for development, which only this machine reaches. Default `false`. */
  readonly isDevelopment?: boolean;
}

/** What the gateway that is administered has and does. */
export interface Administered {
  readonly configFile: string;
  readonly broker: Broker;
  readonly link: MeshLink;
  readonly policy: LivePolicy;
  readonly log: Log;
  /** Lets the connection of a request be silent for as long as it likes. */
  readonly keepOpen?: ((request: Request) => void) | undefined;
  readonly inForce: () => GatewayConfig;
  readonly apply: (config: GatewayConfig) => void;
}

/** What administrators meet. Closing it ends what they watch. */
export interface Administration extends Closable {
  readonly routes: readonly Hono[];
}

/** Puts administration together; there is none without a setup. */
export function administration(setup: AdminSetup | undefined, administered: Administered): Administration {
  if (setup === undefined) return { routes: [], close: () => Promise.resolve() };
  const { auth, store, version, env, adapt = (config) => config, isDevelopment = false } = setup;
  const { broker, link, policy, log, configFile, inForce, apply, keepOpen } = administered;
  const tryOut = (config: GatewayConfig): void => {
    const queries = { has: (db: string) => Object.hasOwn(config.databases, db), exists: () => Promise.resolve(false) };
    try {
      buildPolicy(config, { link, queries, fetch, now: Date.now, log: silentLog });
    } catch (cause) {
      throw ConfigError.ofFile(configFile, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  const configuration = new Configuration({ store, env, inForce, adapt, tryOut, apply, advise: advice });
  const watch = new MeshWatch({ broker, policy, version, log });
  const admit: Parameters<typeof meshViewRoutes>[0]["admit"] = (request) =>
    auth.verify(bearerToken(request.headers.get("Authorization") ?? undefined));
  return {
    routes: [
      adminRoutes({ auth, configuration, isDevelopment, now: Date.now, log }),
      meshViewRoutes({ watch, admit, keepOpen }).onError(adminProblem(log)),
    ],
    close: () => watch.close(),
  };
}
