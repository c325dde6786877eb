import { dirname } from "node:path";
import { hasNoKey } from "../../gateway/advice.ts";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { existingBroker } from "../../gateway/runtime/existing-broker.ts";
import type { Log } from "../../mesh/log.ts";
import { consoleLog } from "../console-log.ts";
import { findConfig } from "../find-config.ts";
import { stopRequested } from "../stop-requested.ts";
import { banner } from "./banner.ts";
import { developmentSecret, withDevelopmentSecret } from "./development-secret.ts";
import { type RunningMesh, startMesh } from "./mesh.ts";
import type { StartWorker } from "./worker-process.ts";

const DAY_SECONDS = 86_400;

export interface RunMeshOptions {
  /** Port of the gateway, instead of the configuration's. */
  readonly port: number | undefined;
  readonly startWorker: StartWorker;
  /** What may be changed while it runs, for the banner. */
  readonly live: string;
}

/**
 * Runs a whole mesh in and below this process until it is asked to stop.
 * @throws Failure or ConfigError for what the operator can mend.
 */
export async function runMesh(path: string, { port, startWorker, live }: RunMeshOptions): Promise<void> {
  const configFile = findConfig(path);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const log = consoleLog(write);
  const { env } = process;
  const config = await loadConfig(configFile, { env });

  const secret = developmentSecret(dirname(configFile));
  for (const { id } of config.projects.filter(hasNoKey)) {
    log.info(`project "${id}" has no key of its own: tokens of a development secret are good, here only`);
  }
  const stopping = new AbortController();
  const stopped = abortWhenAsked(stopping, log);
  const brokerUrl = existingBroker(config.broker, env);
  let mesh: RunningMesh;
  try {
    mesh = await startMesh(config, {
      configFile,
      secret,
      port,
      brokerUrl,
      env,
      startWorker,
      log,
      write,
      signal: stopping.signal,
    });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    log.info("stopped before it was up");
    return;
  }
  const [key = secret] = withDevelopmentSecret(config, secret).projects[0]?.auth.secrets ?? [];
  const token = await signDevelopmentToken({
    secret: key,
    claims: { id: "developer", role: "user" },
    expiresInSeconds: DAY_SECONDS,
  });
  write(banner(mesh, config, { token, live }));

  await stopped;
  await mesh.close();
  log.info("stopped");
  // A collector that is away would hold the process for as long as its exporter tries again.
  process.exit();
}

/** Resolves once somebody has asked this process to stop. */
async function abortWhenAsked(stopping: AbortController, log: Log): Promise<void> {
  log.info(`${await stopRequested()}: finishing calls in flight`);
  stopping.abort();
}
