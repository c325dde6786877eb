import { MeshError } from "../../mesh/errors.ts";
import type { GatewayConfig, ProjectConfig } from "../config.ts";
import type { Administrator } from "./administrator.ts";
import { mustSee } from "./request.ts";

/** A project of a configuration that somebody may see. @throws MeshError `forbidden`, or status 404 */
export function findProject({ projects }: GatewayConfig, who: Administrator, id: string): ProjectConfig {
  mustSee(who, id);
  const project = projects.find((each) => each.id === id);
  if (project !== undefined) return project;
  throw new MeshError("invalid_request", `there is no project ${JSON.stringify(id)}`, { status: 404 });
}
