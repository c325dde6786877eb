import { join } from "node:path";
import { type RunningCommand, startCommand } from "../../support/fmesh.ts";
import { grpcPython } from "../../support/grpc-python.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/grpc");

/** A call as Python is told to make it. */
export interface PythonCall {
  readonly service: string;
  readonly function: string;
  /** JSON text. */
  readonly params?: string;
  readonly timeout?: number;
  readonly token?: string;
  readonly project?: string;
  /** Seconds after which the caller gives up. */
  readonly deadline?: number;
}

/** How it ended: the response, or the name of the transport's status. */
export interface PythonEnded {
  readonly status?: number;
  readonly error?: string;
  readonly result?: string;
  readonly code?: string;
}

/** A process that makes calls by Python's gRPC. */
export class PythonCaller implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #waiting = new Map<number, (ended: PythonEnded) => void>();
  readonly #reading: Promise<void>;
  #lastId = 0;

  constructor(address: string) {
    this.#child = Bun.spawn([grpcPython(), join(FIXTURES, "caller.py"), address], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#reading = this.#read();
  }

  /** Begins a call; `cancel` has Python cancel it. */
  call(call: PythonCall): { readonly ended: Promise<PythonEnded>; cancel(): void } {
    return this.#begin({ ...call });
  }

  /** Calls a method that the gateway does not have. */
  read(): Promise<PythonEnded> {
    return this.#begin({ read: true }).ended;
  }

  /** Ends the process as a fault would. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#child.exited;
    await this.#reading;
  }

  #begin(what: Readonly<Record<string, unknown>>): { readonly ended: Promise<PythonEnded>; cancel(): void } {
    const id = ++this.#lastId;
    const ended = new Promise<PythonEnded>((resolve) => this.#waiting.set(id, resolve));
    this.#say({ id, ...what });
    return { ended, cancel: () => this.#say({ id, cancel: true }) };
  }

  #say(what: Readonly<Record<string, unknown>>): void {
    void this.#child.stdin.write(`${JSON.stringify(what)}\n`);
    void this.#child.stdin.flush();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const { id, ...ended } = JSON.parse(line) as PythonEnded & { readonly id: number };
        this.#waiting.get(id)?.(ended);
      }
    }
  }
}

/** Starts a process that serves functions by Python's gRPC, and writes a JSON line of what happens to it. */
export function startPythonWorker(
  address: string,
  { project = "", token, services }: { readonly project?: string; readonly token: string; readonly services: string[] },
): RunningCommand {
  return startCommand([grpcPython(), join(FIXTURES, "worker.py"), address, project, token, ...services]);
}
