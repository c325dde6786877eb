import { join } from "node:path";

/** A process of `fixtures/` that may kill itself at a step. */
export interface MortalProcess extends AsyncDisposable {
  /** What it said once it was ready. */
  readonly ready: string;
  /** Resolves when it is gone. */
  readonly gone: Promise<unknown>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

/** Starts it and waits until it is ready. It is killed when it goes out of scope. */
export async function startMortal(script: string, env: Readonly<Record<string, string>>): Promise<MortalProcess> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "fixtures", script)], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  if (value === undefined) throw new Error(`${script} ended with ${child.signalCode ?? (await child.exited)}`);
  return {
    ready: new TextDecoder().decode(value).trim(),
    gone: child.exited,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
