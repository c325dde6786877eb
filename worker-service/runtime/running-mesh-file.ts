import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { RUNNING_MESH_FILE, type RunningMesh, runningMeshSchema } from "../../mesh/running-mesh.ts";

const noteSchema = v.pipe(v.string(), v.parseJson(), runningMeshSchema);

/**
 * The mesh running for `folder` or the nearest folder above it; `undefined` when none is.
 * @throws TypeError for a note that cannot be read; its text never holds the note's, in which credentials stand.
 */
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
  const parsed = v.safeParse(noteSchema, text);
  if (parsed.success) return parsed.output;
  throw new TypeError(`"${file}" is not a note of a running mesh; delete it and start \`fmesh up\` again`);
}
