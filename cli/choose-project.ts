import type { GatewayConfig, ProjectConfig } from "../gateway/config.ts";
import { Failure, USAGE } from "./failure.ts";

/**
 * The project meant: the one named, or the only one.
 * @throws Failure with exit code 2.
 */
export function chooseProject({ projects, gateway: { follow } }: GatewayConfig, id: string | undefined): ProjectConfig {
  const project = id === undefined && projects.length === 1 ? projects[0] : projects.find((one) => one.id === id);
  if (project !== undefined) return project;
  if (projects.length === 0) {
    const why =
      follow === undefined ? "" : `: its gateway follows "${follow}", so name the configuration that publishes it`;
    throw new Failure(`the configuration has no project${why}`, { exitCode: USAGE });
  }
  const ids = projects.map((one) => one.id).join(", ");
  throw new Failure(`which project? --project takes one of: ${ids}`, { exitCode: USAGE });
}
