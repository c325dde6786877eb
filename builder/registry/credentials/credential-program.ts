import { spawn } from "node:child_process";
import { kill } from "node:process";
import * as v from "valibot";
import type { Credentials } from "../credentials.ts";
import { RegistryError } from "../registry-error.ts";

export interface HelperOptions {
  /** For which registry, as the helper knows it. */
  readonly server: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** It may ask a person. Default: half a minute. */
  readonly timeoutMs?: number;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const MAX_OUTPUT_LENGTH = 64 * 1024;
const AnswerSchema = v.pipe(v.string(), v.parseJson(), v.object({ Username: v.string(), Secret: v.string() }));

/** How a helper says that it has none; it does so in these words. */
const NOTHING = /credentials not found/i;

/** Asks `docker-credential-<name>` (docker/docker-credential-helpers); `undefined` when it knows nobody. */
export async function askHelper(name: string, options: HelperOptions): Promise<Credentials | undefined> {
  const told = (what: string, cause?: unknown): RegistryError =>
    new RegistryError("unauthenticated", `the credential helper "docker-credential-${name}" ${what}`, { cause });
  if (!NAME.test(name)) throw told("has a name that no program has; correct the configuration of Docker");
  const { server } = options;
  const { code, output } = await run(`docker-credential-${name}`, options).catch((cause: unknown) => {
    options.signal?.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw told(`cannot be run (${why}); install it, or correct the configuration of Docker`, cause);
  });
  if (NOTHING.test(output)) return undefined;
  const parsed = v.safeParse(AnswerSchema, output);
  // What it wrote may be a password.
  if (code !== 0) throw told(`fails for "${server}" (exit code ${code ?? "none"}); run it by hand to see why`);
  if (!parsed.success) throw told(`answers for "${server}" with something else than credentials; run it by hand`);
  const { Username: user, Secret: password } = parsed.output;
  return user === "<token>" ? { kind: "identity", token: password } : { kind: "basic", user, password };
}

async function run(
  program: string,
  { server, env, signal, timeoutMs = 30_000 }: HelperOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  // A group of its own: what a helper starts itself ends with it.
  const child = spawn(program, ["get"], { env: { ...env }, stdio: ["pipe", "pipe", "ignore"], detached: true });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const end = (reason: unknown): void => {
    if (child.pid !== undefined) endGroup(child.pid);
    reject(reason instanceof Error ? reason : new Error("it was ended"));
  };
  const abort = (): void => end(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => end(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);

  const decoder = new TextDecoder();
  let output = "";
  child.stdout.on("data", (piece: Uint8Array) => {
    output += decoder.decode(piece, { stream: true });
    if (output.length > MAX_OUTPUT_LENGTH) end(new Error("it writes without end"));
  });
  // It may end without reading what it is asked.
  child.stdin.on("error", () => undefined);
  child.stdin.end(`${server}\n`);
  try {
    return { code: await promise, output };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function endGroup(pid: number): void {
  try {
    kill(-pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in the meantime.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
