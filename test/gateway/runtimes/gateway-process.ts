import { rm, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { WrittenConfig } from "../../support/mesh.ts";
import { PROJECT_ROOT, type RunningCommand, startCommand } from "../../support/fmesh.ts";
import { startWorkerd } from "../../support/workerd.ts";

/** What the gateway can run on. */
export const RUNTIMES = ["bun", "deno", "workerd"] as const;
export type RuntimeKind = (typeof RUNTIMES)[number];

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  /** What it has written so far. */
  output(): string;
  stop(): Promise<unknown>;
}

/** One that was given a file, and ends with an exit code. */
export interface GatewayWithFile extends GatewayProcess {
  /** Saves another configuration. */
  save(config: WrittenConfig): Promise<void>;
  stop(): Promise<number>;
}

/** What a gateway is started with: its configuration, and what its environment or its bindings hold. */
export interface GatewaySetup {
  readonly config: WrittenConfig;
  readonly env: Readonly<Record<string, string>>;
}

/** What the gateway has to be allowed on Deno, besides its network, its configuration and what that takes from the environment. */
export const DENO_FLAGS: readonly string[] = [
  "--no-prompt",
  "--no-lock",
  "--node-modules-dir=manual",
  "--unstable-no-legacy-abort",
  "--ignore-env",
];

/** The variables that the gateway itself reads on Deno. */
export const DENO_VARIABLES: readonly string[] = ["NATS_URL", "NATS_CREDS", "NATS_NKEY", "NATS_CA"];

/** Starts a gateway on loopback, by the entry that is deployed. Whoever starts it stops it. */
export function startGatewayProcess(kind: RuntimeKind, setup: GatewaySetup): Promise<GatewayProcess> {
  if (kind !== "workerd") return startGatewayWithFile(kind, setup);
  return startWorkerd({ bindings: { ...setup.env, FMESH_CONFIG: JSON.stringify(setup.config) } });
}

/** The same for platforms with files. */
export async function startGatewayWithFile(
  kind: Exclude<RuntimeKind, "workerd">,
  { config, env }: GatewaySetup,
): Promise<GatewayWithFile> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-"));
  const file = join(folder, "fmesh.json");
  const save = (written: WrittenConfig): Promise<void> => {
    const gateway = { ...(written["gateway"] as WrittenConfig | undefined), port: 0 };
    return writeFile(file, JSON.stringify({ ...written, gateway }));
  };
  await save(config);
  const command = startCommand(kind === "bun" ? bunCommand(file) : denoCommand(file, Object.keys(env)), { env });
  const stop = async (): Promise<number> => {
    const code = await command.stop("SIGTERM");
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  try {
    return { url: await listening(command), output: () => command.output(), save, stop };
  } catch (cause) {
    await stop();
    throw new Error(`the gateway did not start on ${kind}: ${command.output()}`, { cause });
  }
}

function bunCommand(configFile: string): string[] {
  return [process.execPath, join(PROJECT_ROOT, "cli/main.ts"), "gateway", configFile];
}

function denoCommand(configFile: string, variables: readonly string[]): string[] {
  const allowed = [
    "--allow-net=127.0.0.1",
    `--allow-read=${dirname(configFile)}`,
    `--allow-env=${[...DENO_VARIABLES, ...variables].join(",")}`,
  ];
  return [denoPath(), "run", ...DENO_FLAGS, ...allowed, join(PROJECT_ROOT, "gateway/runtime/deno.ts"), configFile];
}

/** Deno itself: the package's own command is a wrapper, which passes no signals on. */
function denoPath(): string {
  const libc = process.platform === "linux" ? "-glibc" : "";
  return join(PROJECT_ROOT, `node_modules/@deno/${process.platform}-${process.arch}${libc}/deno`);
}

async function listening(command: RunningCommand): Promise<string> {
  const url = /"message":"gateway is up","url":"([^"]+)"/;
  return url.exec(await command.until(url))?.[1] ?? "";
}
