import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { RUNNING_MESH_FILE, type RunningMesh, runningMeshSchema } from "../../mesh/running-mesh.ts";

/** The mesh running for `folder` or the nearest folder above it; `undefined` when none is. */
export function findRunningMesh(folder: string): RunningMesh | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const running = read(join(at, RUNNING_MESH_FILE));
    if (running !== undefined) return running;
    if (at === dirname(at)) return undefined;
  }
}

function read(file: string): RunningMesh | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
  return v.parse(runningMeshSchema, JSON.parse(text));
}
