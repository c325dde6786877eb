import { onTestFinished } from "vitest";
import { type RunningCommand, startCommand } from "../support/fmesh.ts";
import { PROJECT, type TestMesh } from "../support/mesh.ts";

/** Starts a worker that is no Bun process, told by `NATS_URL` and `FMESH_PROJECT` where it belongs, and waits until it serves. */
export async function startForeignWorker(command: readonly string[], { natsUrl }: TestMesh): Promise<RunningCommand> {
  const worker = startCommand(command, { env: { NATS_URL: natsUrl, FMESH_PROJECT: PROJECT } });
  onTestFinished(async () => {
    await worker.stop("SIGKILL");
  });
  await worker.until(/service is up/);
  return worker;
}
