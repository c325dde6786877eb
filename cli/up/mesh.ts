import { dirname } from "node:path";
import type { AdminAuth } from "../../gateway/admin/admin-auth.ts";
import packageJson from "../../package.json" with { type: "json" };
import type { GatewayConfig } from "../../gateway/config.ts";
import { fileAdministration } from "../../gateway/runtime/file-administration.ts";
import { keptText } from "../../gateway/runtime/kept-text.ts";
import { serveLive } from "../../gateway/runtime/serve-live.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { GATEWAY_RESOURCE, startTracing } from "../../mesh/tracing/start.ts";
import { consoleFiles } from "../console/console-files.ts";
import { serveGateway } from "../hosting/serve-gateway.ts";
import { startParts } from "../hosting/start-parts.ts";
import { openBroker } from "./broker.ts";
import { operatorSecret, withDevelopmentSecret } from "./development-secret.ts";
import { leaveRunningMeshNote } from "./running-mesh-note.ts";
import { onlyProject } from "./only-project.ts";
import type { StartWorker } from "./worker-process.ts";
import { Workers } from "./workers.ts";

/** A mesh that runs in and below this process. */
export interface RunningMesh {
  readonly gatewayUrl: string;
  /** `host:port` of the gRPC service; `undefined` when there is none. */
  readonly grpcAddress: string | undefined;
  readonly brokerAddresses: readonly string[];
  /** Gives out one-time codes for links to the console. */
  readonly admin: AdminAuth;
  /** Stops everything in the order in which it depends on each other; calls in flight are finished. */
  close(): Promise<void>;
}

/** What to start and where to report. */
export interface MeshOptions {
  readonly configFile: string;
  /** Signs tokens for projects without a key of their own. */
  readonly secret: string;
  /** Port of the gateway, instead of the configuration's. */
  readonly port?: number | undefined;
  /** An existing broker; without it, one is started in this process. */
  readonly brokerUrl: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Closes the mesh, also while it is still being started. */
  readonly signal: AbortSignal;
  readonly startWorker: StartWorker;
  /** Receives what the workers write. */
  readonly write: (line: string) => void;
}

/**
 * Starts broker, gateway, workers, builder, deployer and the functions service. What was started is stopped again when a later part fails.
 * @throws Failure for what the operator can mend, such as a port in use.
 */
export async function startMesh(config: GatewayConfig, options: MeshOptions): Promise<RunningMesh> {
  const { configFile, brokerUrl, startWorker, log, write, signal } = options;
  const stack = new CloseStack();
  signal.addEventListener("abort", () => void stack.close(), { once: true });
  try {
    const { tracing } = stack.use(await startTracing({ resource: GATEWAY_RESOURCE, env: options.env, log }));
    const { broker, workerUrl, socketUrl, addresses } = await openBroker(config.broker, {
      url: brokerUrl,
      env: options.env,
      log,
      stack,
      folder: dirname(configFile),
    });
    // What calls in flight need is started before the gateway, and so is stopped after it.
    const workers = stack.use(
      new Workers(config, { configFile, brokerUrl: workerUrl, startWorker, signal, log, write }),
    );
    const given = { configFile, broker, brokerUrl: workerUrl, brokerSocketUrl: socketUrl, env: options.env };
    const parts = startParts(config, { ...given, log, tracing, stack });
    const adapt = (from: GatewayConfig): GatewayConfig =>
      withPort(withDevelopmentSecret(from, options.secret), options.port);
    const admin = fileAdministration(config, {
      version: packageJson.version,
      configFile,
      env: options.env,
      log,
      adapt,
      operatorSecret: operatorSecret(options.secret),
      isDevelopment: true,
    });
    const served = { recordsFolder: ".fmesh/records", consoleFiles: consoleFiles(log, stack), admin };
    const gateway = await serveLive(config, {
      ...{ configFile, env: options.env, broker, log, stack, adapt },
      kept: (name) => keptText(configFile, name),
      onChange: (changed) => {
        workers.follow(changed);
        parts.forEach((part) => part.follow(changed));
      },
      serve: (from) => serveGateway(from, { broker, configFile, log, tracing, ...served }),
    });
    // The gateway would wait for them.
    stack.defer(() => parts.forEach((part) => part.endStreams()));
    const note = { pid: process.pid, brokerUrl: workerUrl, gatewayUrl: gateway.url, ...onlyProject(config) };
    stack.use(leaveRunningMeshNote(dirname(configFile), note));
    await Promise.all([workers.settled(), ...parts.map(({ settled }) => settled)]);
    const { url: gatewayUrl, grpcAddress } = gateway;
    return { gatewayUrl, grpcAddress, brokerAddresses: addresses, admin: admin.auth, close: () => stack.close() };
  } catch (error) {
    await stack.close();
    throw error;
  }
}

function withPort(config: GatewayConfig, port: number | undefined): GatewayConfig {
  return port === undefined ? config : { ...config, gateway: { ...config.gateway, port } };
}
