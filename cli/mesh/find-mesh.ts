import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { GatewayConfig } from "../../gateway/config.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { existingBroker } from "../../gateway/runtime/existing-broker.ts";
import { findRunningMesh } from "../../worker-service/runtime/running-mesh-file.ts";
import { Failure, USAGE } from "../failure.ts";
import { findConfigAbove } from "../find-config.ts";

/** How a mesh is named on the command line. */
export interface MeshChoice {
  readonly config: string;
  readonly project?: string;
}

/** Where a mesh is. */
export interface MeshPlace {
  /** With its credentials. */
  readonly brokerUrl: string;
  /** `undefined` when there are several and none was named. */
  readonly project: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds a mesh as `fmesh call` and workers do: `NATS_URL` and `FMESH_PROJECT`, else the mesh that runs for the folder of
 * the configuration, else the broker that the configuration names.
 * @throws Failure when there is none, saying how to get one.
 */
export async function findMesh({ config, project }: MeshChoice, env: Environment): Promise<MeshPlace> {
  const told = { brokerUrl: written(env["NATS_URL"]), project: project ?? written(env["FMESH_PROJECT"]) };
  if (told.brokerUrl !== undefined && told.project !== undefined) return { ...told, brokerUrl: told.brokerUrl };
  const running = findRunningMesh(folderOf(config));
  const brokerUrl = told.brokerUrl ?? running?.brokerUrl;
  const place = { brokerUrl, project: told.project ?? running?.project };
  if (brokerUrl !== undefined && place.project !== undefined) return { ...place, brokerUrl };

  const loaded = await loadIfThere(config, env);
  const url = brokerUrl ?? (loaded && existingBroker(loaded.broker, env));
  if (url === undefined) {
    throw new Failure(`no mesh runs for "${config}": start one with \`fmesh up\`, or set NATS_URL to a broker's URL`);
  }
  const only = loaded?.projects.length === 1 ? loaded.projects[0]?.id : undefined;
  return { brokerUrl: url, project: place.project ?? only };
}

/** The project of a place. @throws Failure with the exit code of wrong usage when it is not known. */
export function projectOf({ project }: MeshPlace): string {
  if (project !== undefined) return project;
  throw new Failure("which project? name one with --project, or set FMESH_PROJECT", { exitCode: USAGE });
}

async function loadIfThere(path: string, env: Environment): Promise<GatewayConfig | undefined> {
  try {
    return await loadConfig(findConfigAbove(path), { env });
  } catch (error) {
    if (error instanceof Failure) return undefined; // no configuration here: then it has to be told otherwise
    throw error;
  }
}

function folderOf(path: string): string {
  const absolute = resolve(path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) throw new Failure(`there is no "${path}"`, { exitCode: USAGE });
  return found.isDirectory() ? absolute : dirname(absolute);
}

function written(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
