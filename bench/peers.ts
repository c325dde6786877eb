import { join } from "node:path";

/** A process under measurement. */
export interface Peer {
  /** What it said of itself once it was ready. */
  readonly ready: Readonly<Record<string, string>>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts `bench/peers/<name>.ts` as a process of its own and waits for its one line of JSON. */
export async function startPeer(name: string, env: Readonly<Record<string, string>> = {}): Promise<Peer> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "peers", `${name}.ts`)], {
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  const first = await reader.read();
  if (first.value === undefined) throw new Error(`peer "${name}" ended with code ${await child.exited}`);
  return {
    pid: child.pid,
    ready: JSON.parse(new TextDecoder().decode(first.value)) as Record<string, string>,
    stop: async () => {
      child.kill();
      await child.exited;
    },
  };
}
