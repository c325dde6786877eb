import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PROJECT_ROOT = join(import.meta.dirname, "../..");

/** A command that runs. */
export interface RunningCommand {
  readonly pid: number;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves with the output as soon as it matches; rejects when the command ends before. */
  until(pattern: RegExp | ((output: string) => boolean)): Promise<string>;
  /** Sends a signal, waits for the end and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  readonly exited: Promise<number>;
}

/** Starts `fmesh` on the Bun that runs the tests. */
export function startFmesh(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  return startCommand([process.execPath, join(PROJECT_ROOT, "cli/main.ts"), ...args], options);
}

/** Runs `fmesh` to its end. */
export async function runFmesh(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const command = startFmesh(args, options);
  const code = await command.exited;
  return { code, output: command.output() };
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export function startCommand(command: readonly string[], { cwd, env }: CommandOptions = {}): RunningCommand {
  const child = Bun.spawn([...command], {
    cwd: cwd ?? PROJECT_ROOT,
    env: { ...process.env, NATS_URL: undefined, FMESH_PROJECT: undefined, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const checks = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (const check of checks) check();
    }
  };
  const exited = Promise.all([child.exited, read(child.stdout), read(child.stderr)]).then(([code]) => code);
  return {
    pid: child.pid,
    exited,
    output: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!(pattern instanceof RegExp ? pattern.test(text) : pattern(text))) return;
          checks.delete(check);
          resolve(text);
        };
        checks.add(check);
        check();
        void exited.then((code) => reject(new Error(`ended with code ${code} before ${String(pattern)}:\n${text}`)));
      }),
    stop: (signal = "SIGINT") => {
      child.kill(signal);
      return exited;
    },
  };
}

/** A copy of the example that listens on free ports, in a folder of its own. */
export interface ExampleFolder {
  readonly folder: string;
  readonly configFile: string;
  /** Rewrites the configuration. */
  edit(change: (text: string) => string): Promise<void>;
  remove(): Promise<void>;
}

/** Copies one of `examples/` to where a user would have it: a folder with the packages installed. */
export async function copyExample(name = "arithmetic"): Promise<ExampleFolder> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-example-"));
  await cp(join(PROJECT_ROOT, "examples", name), folder, {
    recursive: true,
    filter: (path) => !path.endsWith(".fmesh"),
  });
  await mkdir(join(folder, "node_modules"));
  await symlink(PROJECT_ROOT, join(folder, "node_modules/functions-mesh"));
  for (const each of ["valibot", "hono"]) {
    await symlink(join(PROJECT_ROOT, "node_modules", each), join(folder, "node_modules", each));
  }
  const configFile = join(folder, "fmesh.yaml");
  const edit = async (change: (text: string) => string): Promise<void> => {
    await writeFile(configFile, change(await readFile(configFile, "utf8")));
  };
  await edit((text) => `${text}\ngateway: { port: 0 }\nbroker: { tcpPort: 0, wsPort: 0 }\n`);
  return { folder, configFile, edit, remove: () => rm(folder, { recursive: true, force: true }) };
}
