import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { CloseStack, type Closable } from "../../mesh/lifecycle.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import { developmentSecret } from "../up/development-secret.ts";
import { startMesh } from "../up/mesh.ts";
import { superviseWorker } from "../up/supervised-worker.ts";

/** A mesh with nothing in it, which leaves nothing behind. */
export interface ThrowAwayMesh extends Closable {
  readonly configFile: string;
  readonly gatewayUrl: string;
}

const CONFIG = `projects:
  - id: demo
    services:
      functions: { functions: { fetch: { rule: authenticated } } }
gateway: { port: 0 }
broker: { tcpPort: 0, wsPort: 0 }
`;

/**
 * Starts a mesh in a temporary folder, on free ports of this machine; closing it removes the folder.
 * @throws Failure for what the operator can mend.
 */
export async function startThrowAwayMesh(signal: AbortSignal, log: Log = silentLog): Promise<ThrowAwayMesh> {
  const stack = new CloseStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), "fmesh-demo-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const configFile = join(folder, "fmesh.yaml");
    await writeFile(configFile, CONFIG);
    const config = await loadConfig(configFile, { env: {} });
    const mesh = stack.use(
      await startMesh(config, {
        ...{ configFile, log, signal, env: process.env, brokerUrl: undefined, startWorker: superviseWorker },
        secret: developmentSecret(folder),
        write: () => undefined,
      }),
    );
    return { configFile, gatewayUrl: mesh.gatewayUrl, close: () => stack.close() };
  } catch (error) {
    await stack.close();
    throw error;
  }
}
