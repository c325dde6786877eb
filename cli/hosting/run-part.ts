import type { GatewayConfig } from "../../gateway/config.ts";
import { followFile } from "../../gateway/runtime/follow-file.ts";
import { runOnBroker } from "../run-on-broker.ts";
import type { HostedProjects, PartOptions } from "./hosted-projects.ts";

/** Begins to host a part of the mesh. */
export type HostPart = (config: GatewayConfig, options: PartOptions) => HostedProjects;

/**
 * Runs one part of the mesh as a process of its own, on a broker that runs elsewhere, until it is asked to stop.
 * @param name what it is called on the broker, and in traces.
 * @throws Failure or ConfigError for what the operator can mend.
 */
export function runPart(path: string, name: string, host: HostPart): Promise<void> {
  const resource = { "service.name": `functions-mesh-${name}` };
  return runOnBroker(path, { name, resource }, async ({ connected, stack, config, ...given }) => {
    const { configFile, env, broker, log } = given;
    await connected;
    if (broker.status !== "connected") return;
    const part = stack.use(host(config, { ...given, serviceLog: log }));
    const target = { replaceConfig: (changed: typeof config) => part.follow(changed) };
    stack.use(await followFile(target, { configFile, current: config, env, log }));
  });
}
