import type { GatewayConfig, ProjectConfig } from "../gateway/config.ts";
import { Failure, USAGE } from "./failure.ts";

/**
 * The project meant: the one named, or the only one.
 * @throws Failure with exit code 2.
 */
export function chooseProject({ projects }: GatewayConfig, id: string | undefined): ProjectConfig {
  const project = id === undefined && projects.length === 1 ? projects[0] : projects.find((one) => one.id === id);
  if (project !== undefined) return project;
  const ids = projects.map((one) => one.id).join(", ");
  throw new Failure(`which project? --project takes one of: ${ids}`, { exitCode: USAGE });
}
