import { spawn } from "node:child_process";
import { kill } from "node:process";
import { stripVTControlCharacters } from "node:util";

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** The end of what it wrote to standard error. */
  readonly complaints: string;
}

const MAX_OUTPUT_LENGTH = 256 * 1024;
const COMPLAINTS_LENGTH = 1_000;

/** Runs a program without input; what it starts itself ends with it. @throws Error when it does not start or not end. */
export async function runProgram([program = "", ...args]: readonly string[], options: RunOptions): Promise<Ended> {
  const { env, timeoutMs } = options;
  const child = spawn(program, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const end = (why: string): void => {
    if (child.pid !== undefined) endGroup(child.pid);
    reject(new Error(why));
  };
  const timer = setTimeout(() => end(`it gave no answer in ${timeoutMs / 1000} s`), timeoutMs);
  const [outputDecoder, complaintDecoder] = [new TextDecoder(), new TextDecoder()];
  let [output, complaints] = ["", ""];
  child.stdout.on("data", (piece: Uint8Array) => {
    output += outputDecoder.decode(piece, { stream: true });
    if (output.length > MAX_OUTPUT_LENGTH) end("it writes without end");
  });
  child.stderr.on("data", (piece: Uint8Array) => {
    complaints = (complaints + complaintDecoder.decode(piece, { stream: true })).slice(-COMPLAINTS_LENGTH);
  });
  try {
    return { code: await promise, output, complaints: readable(complaints) };
  } finally {
    clearTimeout(timer);
  }
}

// What moves cursors and colours terminals has no place in an error.
function readable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .trim();
}

function endGroup(pid: number): void {
  try {
    kill(-pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in the meantime.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
