import type { Log } from "../../mesh/log.ts";
import { AdminAuth } from "../admin/admin-auth.ts";
import { isLoopbackAddress } from "../admin/from-this-machine.ts";
import type { GatewayConfig } from "../config.ts";
import type { AdminSetup } from "./administration.ts";
import { FileConfigStore } from "./config-store/file-store.ts";

/**
 * Administration of a gateway whose configuration is a file of this machine.
 *
 * @param options.isDevelopment whether it may be a mesh for development: it is one if only this machine reaches it.
 */
export function fileAdministration(
  { admin, gateway: { host, follow } }: GatewayConfig,
  options: {
    readonly configFile: string;
    readonly log: Log;
    /** Signs the tokens of whoever may have a link to the console at any time. Default: nobody may. */
    readonly operatorSecret?: string;
  } & Pick<AdminSetup, "version" | "env" | "adapt" | "isDevelopment">,
): AdminSetup {
  const { configFile, log, version, env, adapt, operatorSecret, isDevelopment = false } = options;
  return {
    auth: new AdminAuth(admin, { log, now: Date.now, operatorSecret }),
    // What a gateway follows is changed where it is published.
    ...(follow === undefined && { store: new FileConfigStore(configFile) }),
    version,
    env,
    ...(adapt !== undefined && { adapt }),
    isDevelopment: isDevelopment && isLoopbackAddress(host),
  };
}
