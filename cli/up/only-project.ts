import type { GatewayConfig } from "../../gateway/config.ts";

/** The project that need not be named, because there is no other. */
export function onlyProject({ projects }: GatewayConfig): { project?: string } {
  const [first] = projects;
  return first !== undefined && projects.length === 1 ? { project: first.id } : {};
}
