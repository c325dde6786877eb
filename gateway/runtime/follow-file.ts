import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { GatewayConfig } from "../config.ts";
import type { Environment } from "../config/environment.ts";
import type { RunningGateway } from "./bun.ts";
import { watchConfig } from "./config-file.ts";

/** What following a configuration file needs. */
export interface FollowOptions {
  readonly configFile: string;
  /** The configuration as it was loaded: the one in force. */
  readonly current: GatewayConfig;
  readonly env: Environment;
  readonly log: Log;
  /** What the gateway gets instead of what the file says. Default: just that. */
  readonly adapt?: (config: GatewayConfig) => GatewayConfig;
  /** Told what the file says when that is in force. Must not throw. */
  readonly onChange?: (config: GatewayConfig) => void;
}

/** A file that is followed. */
export interface FollowedFile extends Closable {
  /** Puts in force what the file says now, for what it is adapted by has changed. @throws ConfigError */
  again(): void;
}

/**
 * Puts each saved change of a configuration file in force. A broken save changes nothing and says why.
 * @throws ConfigError when the file's folder cannot be watched.
 */
export async function followFile(
  gateway: Pick<RunningGateway, "replaceConfig">,
  options: FollowOptions,
): Promise<FollowedFile> {
  const { configFile, current, env, log, adapt = (config) => config, onChange } = options;
  const stopping = new AbortController();
  let inForce = current;
  const complain = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`the saved configuration is not used, the one before stays in force: ${reason}`);
  };
  await watchConfig(configFile, {
    env,
    current,
    signal: stopping.signal,
    onBroken: complain,
    onChange: (config) => {
      try {
        gateway.replaceConfig(adapt(config));
        inForce = config;
      } catch (error) {
        complain(error);
        return;
      }
      log.info("the saved configuration is live");
      onChange?.(config);
    },
  });
  return {
    again: () => gateway.replaceConfig(adapt(inForce)),
    close: () => {
      stopping.abort();
      return Promise.resolve();
    },
  };
}
