import { dirname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { hasNoKey } from "../../gateway/advice.ts";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import type { Log } from "../../mesh/log.ts";
import { consoleLog } from "../console-log.ts";
import { existingBroker } from "../existing-broker.ts";
import { findConfig } from "../find-config.ts";
import { stopRequested } from "../stop-requested.ts";
import { banner } from "../up/banner.ts";
import { developmentSecret, withDevelopmentSecret } from "../up/development-secret.ts";
import { type RunningMesh, startMesh } from "../up/mesh.ts";

const DAY_SECONDS = 86_400;

/** `fmesh up`: the whole mesh in one process, its workers below it. */
export function upCommand(): Command {
  return new Command("up")
    .summary("start broker, gateway and workers")
    .description(
      "Starts the embedded broker, the gateway and the workers of a configuration, and watches it for changes.\n" +
        "With NATS_URL set (or broker.url in the configuration) that broker is used instead of the embedded one.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--port <number>", "port of the gateway, instead of the configuration's; 0 takes a free one", parsePort)
    .addHelpText(
      "after",
      "\nExamples:\n  fmesh up\n  fmesh up examples/arithmetic\n  NATS_URL=nats://127.0.0.1:4222 fmesh up",
    )
    .action((path: string, options: { port?: number }) => up(path, options));
}

async function up(path: string, { port }: { port?: number }): Promise<void> {
  const configFile = findConfig(path);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const log = consoleLog(write);
  const { env } = process;
  const loaded = await loadConfig(configFile, { env });
  const config = port === undefined ? loaded : { ...loaded, gateway: { ...loaded.gateway, port } };

  const secret = developmentSecret(dirname(configFile));
  for (const { id } of config.projects.filter(hasNoKey)) {
    log.info(`project "${id}" has no key of its own: tokens of a development secret are good, here only`);
  }
  const stopping = new AbortController();
  const stopped = abortWhenAsked(stopping, log);
  const brokerUrl = existingBroker(config.broker, env);
  let mesh: RunningMesh;
  try {
    mesh = await startMesh(config, { configFile, secret, brokerUrl, env, log, write, signal: stopping.signal });
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
  write(banner(mesh, config, token));

  await stopped;
  await mesh.close();
  log.info("stopped");
}

/** Resolves once somebody has asked this process to stop. */
async function abortWhenAsked(stopping: AbortController, log: Log): Promise<void> {
  log.info(`${await stopRequested()}: finishing calls in flight`);
  stopping.abort();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("Give a number from 0 to 65535.");
  return port;
}
