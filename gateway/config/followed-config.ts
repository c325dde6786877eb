import type { GatewayConfig } from "../config.ts";

/**
 * What a gateway goes by that follows a configuration of the mesh: who may call what is said there, and what is of this machine (its
 * address, broker, databases, administrators) here.
 *
 * @param published what `publishedConfig` made of it elsewhere.
 */
export function withFollowed(own: GatewayConfig, published: GatewayConfig): GatewayConfig {
  const { cors, limits, spaceCloud } = published.gateway;
  const { grpcPort } = own.gateway.spaceCloud;
  return {
    ...own,
    projects: published.projects,
    webhooks: published.webhooks,
    gateway: {
      ...own.gateway,
      cors,
      limits,
      spaceCloud: { ...spaceCloud, ...(grpcPort !== undefined && { grpcPort }) },
    },
  };
}
