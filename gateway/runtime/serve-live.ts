import type { Broker } from "../../mesh/broker.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { GatewayConfig } from "../config.ts";
import type { Environment } from "../config/environment.ts";
import type { RunningGateway } from "./bun.ts";
import { followFile } from "./follow-file.ts";
import { FollowedConfig, type KeptText } from "./followed-config.ts";
import { publishConfig } from "./publish-config.ts";

/** What a gateway needs whose configuration changes while it runs. */
export interface LiveOptions {
  readonly configFile: string;
  readonly env: Environment;
  readonly broker: Broker;
  /** Resolves at the broker's first connection, for one that may not be there yet. */
  readonly connected?: Promise<void>;
  readonly log: Log;
  /** Closes it all. */
  readonly stack: CloseStack;
  /** Where a configuration of the mesh is kept that is followed. */
  readonly kept?: (name: string) => KeptText;
  /** What the gateway gets instead of what the configuration says. Default: just that. */
  readonly adapt?: (config: GatewayConfig) => GatewayConfig;
  /** Told what the file says when that is in force. Must not throw. */
  readonly onChange?: (config: GatewayConfig) => void;
  readonly serve: (config: GatewayConfig) => RunningGateway | Promise<RunningGateway>;
}

/**
 * Serves a gateway by its file, by what the mesh publishes if it follows that, and hands its file on if others follow it.
 * @throws what `serve` throws, and ConfigError when the file's folder cannot be watched.
 */
export async function serveLive(config: GatewayConfig, options: LiveOptions): Promise<RunningGateway> {
  const { configFile, env, broker, connected, log, stack, kept, adapt = (from) => from, onChange, serve } = options;
  const { follow: name } = config.gateway;
  const followed =
    name === undefined
      ? undefined
      : stack.use(await FollowedConfig.begin({ name, broker, env, log, kept: kept?.(name) }));
  const whole = (own: GatewayConfig): GatewayConfig => adapt(followed?.adapt(own) ?? own);
  const gateway = stack.use(await serve(whole(config)));
  const published = stack.use(
    publishConfig(config, { configFile, env, broker, log, ...(connected !== undefined && { connected }) }),
  );
  const file = stack.use(
    await followFile(gateway, {
      configFile,
      current: config,
      env,
      log,
      adapt: whole,
      onChange: (changed) => {
        published.changed();
        onChange?.(changed);
      },
    }),
  );
  followed?.applyBy(() => file.again());
  return gateway;
}
