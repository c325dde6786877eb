import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Bundle } from "../../../builder/build.ts";

/** A line of a function's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A bundle that runs as a process, as in an image but for the folder. */
export interface FunctionProcess extends AsyncDisposable {
  readonly url: string;
  /** Milliseconds from its start to when it took calls. */
  readonly startMs: number;
  /** What it wrote to its standard output so far; lines that are no JSON as `{ text }`. */
  readonly lines: readonly LogLine[];
  /** Resolves with the first line, past or to come, with this message; rejects when it ends without one. */
  untilSaid(message: string): Promise<LogLine>;
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  kill(signal: "SIGTERM" | "SIGINT"): void;
  /** Ends its standard input. */
  endInput(): void;
  /** How it ended: its exit code, or the signal that killed it. */
  ended(): Promise<number | string>;
}

// `bun --bun`, which the tests run under, puts a `node` in front of the others that is Bun.
const OTHERS = (process.env["PATH"] ?? "").split(":").filter((folder) => !folder.includes("bun-node"));

/** Where the programs are that commands of bundles name. */
const PROGRAMS: Readonly<Record<string, string>> = {
  bun: process.execPath,
  node: Bun.which("node", { PATH: OTHERS.join(":") }) ?? "node",
  deno: join(import.meta.dirname, `../../../node_modules/@deno/linux-${process.arch}-glibc/deno`),
  python3: Bun.which("python3") ?? "python3",
};

/** Which Node it is that functions run on here. */
export function nodeMajor(): number {
  const { stdout } = Bun.spawnSync([PROGRAMS["node"] ?? "node", "--version"]);
  return Number(/^v(\d+)\./.exec(stdout.toString())?.[1]);
}

/** Starts what was bundled, with these variables and hardly any other. It is killed when it goes out of scope. */
export async function startFunction(
  bundle: Bundle,
  env: Readonly<Record<string, string>> = {},
): Promise<FunctionProcess> {
  const started = await spawnFunction(bundle, env);
  try {
    const startedAt = performance.now();
    const { port } = await started.untilSaid("function is up");
    const url = `http://127.0.0.1:${String(port)}/`;
    const startMs = performance.now() - startedAt;
    return {
      ...started,
      url,
      startMs,
      post: (body, headers = {}) =>
        fetch(url, {
          method: "POST",
          headers: { "Content-Type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
    };
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same of one that may never take a call. */
export async function spawnFunction(
  bundle: Bundle,
  env: Readonly<Record<string, string>> = {},
): Promise<Omit<FunctionProcess, "url" | "startMs" | "post">> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-function-"));
  for (const { path, bytes } of bundle.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const [program = "", ...args] = bundle.command.map((part) => part.replaceAll("/app", folder));
  const child = Bun.spawn([PROGRAMS[program] ?? program, ...args], {
    cwd: folder,
    env: { PORT: "0", NO_COLOR: "1", ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const lines: LogLine[] = [];
  let heard = Promise.withResolvers<void>();
  let hasEnded = false;
  const reading = (async () => {
    for await (const line of linesOf(child.stdout)) {
      lines.push(toLogLine(line));
      heard.resolve();
      heard = Promise.withResolvers();
    }
    hasEnded = true;
    heard.resolve();
  })();
  const errors = new Response(child.stderr).text();
  const ended = async (): Promise<number | string> => {
    await Promise.all([child.exited, reading]);
    return child.signalCode ?? child.exitCode ?? "";
  };
  return {
    lines,
    async untilSaid(message) {
      for (;;) {
        const line = lines.find((each) => each["message"] === message);
        if (line !== undefined) return line;
        if (hasEnded) {
          throw new Error(`it ended without saying "${message}": ${JSON.stringify(lines)} ${await errors}`);
        }
        await heard.promise;
      }
    },
    kill: (signal) => child.kill(signal),
    endInput: () => void child.stdin.end(),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toLogLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { text };
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
