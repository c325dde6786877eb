import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_ROOT, type RunningCommand, startFmesh } from "../support/fmesh.ts";

/** A project with one worker, `answers.ts`, that imports `answer.ts`, and `fmesh dev` in it. */
export class DevFolder {
  readonly folder: string;
  #dev: RunningCommand | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<DevFolder> {
    const dev = new DevFolder(await mkdtemp(join(tmpdir(), "fmesh-dev-")));
    await mkdir(join(dev.folder, "node_modules"));
    await symlink(PROJECT_ROOT, join(dev.folder, "node_modules/functions-mesh"));
    await dev.write("fmesh.yaml", config(["answers.ts"]));
    await dev.write("answers.ts", ANSWERS);
    await dev.write("answer.ts", answer("first"));
    return dev;
  }

  async start(command = "dev"): Promise<RunningCommand> {
    const dev = startFmesh([command, this.folder]);
    this.#dev = dev;
    await dev.until(/Ctrl-C stops everything/);
    return dev;
  }

  get dev(): RunningCommand {
    if (this.#dev === undefined) throw new Error("start() it first");
    return this.#dev;
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text);
  }

  /** As editors do it that never leave half a file behind. */
  async replace(file: string, text: string): Promise<void> {
    await this.write(`${file}.new`, text);
    await rename(join(this.folder, `${file}.new`), join(this.folder, file));
  }

  reloads(): number {
    return this.dev.output().match(/reloaded in \d+ ms/g)?.length ?? 0;
  }

  /** Resolves when so many reloads have been told of. */
  async untilReloads(count: number): Promise<void> {
    while (this.reloads() < count) await Promise.race([Bun.sleep(10), this.dev.exited.then(endedEarly)]);
  }

  async call(name = "get", service = "answers"): Promise<string> {
    const url = /gateway +(\S+)/.exec(this.dev.output())?.[1] ?? "";
    const response = await fetch(`${url}/v1/call/dev/${service}/${name}`, { method: "POST" });
    const text = await response.text();
    return response.ok ? text : `${response.status} ${text}`;
  }

  /** The process ids of its workers. */
  async workers(): Promise<number[]> {
    const { pid } = this.dev;
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    return text.trim().split(" ").filter(Boolean).map(Number);
  }

  async remove(): Promise<void> {
    await this.#dev?.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

function endedEarly(code: number): never {
  throw new Error(`fmesh dev ended with code ${code}`);
}

export function config(workers: readonly string[]): string {
  const services = ["answers", "others"].map(
    (name) =>
      `${name}: { functions: { get: { rule: allow }, getSlowly: { rule: allow }, getInFlight: { rule: allow } } }`,
  );
  return `
projects: [{ id: dev, services: { ${services.join(", ")} } }]
gateway: { port: 0 }
broker: { tcpPort: 0, wsPort: 0 }
workers: [${workers.map((run) => `{ run: ${run} }`).join(", ")}]
`;
}

export function answer(text: string): string {
  return `export const answer = ${JSON.stringify(text)};\n`;
}

export const ANSWERS = `import { service } from "functions-mesh";
import { answer } from "./answer.ts";

let inFlight = 0;

export const answers = service("answers", {
  get: () => answer,
  getSlowly: async () => {
    inFlight++;
    await Bun.sleep(1_000);
    inFlight--;
    return answer;
  },
  getInFlight: () => inFlight,
});
await answers.start();
`;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
