import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Closable } from "../../mesh/lifecycle.ts";
import { RUNNING_MESH_FILE, type RunningMesh } from "../../mesh/running-mesh.ts";

/** Leaves the note that workers started by hand look for; closing takes it away. */
export function leaveRunningMeshNote(folder: string, mesh: RunningMesh): Closable {
  const file = join(folder, RUNNING_MESH_FILE);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  // It holds the broker's token: for this user's eyes only.
  writeFileSync(file, JSON.stringify(mesh), { mode: 0o600, flag: "wx" });
  return {
    close: () => {
      rmSync(file, { force: true });
      return Promise.resolve();
    },
  };
}
