import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { DeployError } from "../../deploy-error.ts";
import type { Sandbox } from "../instance.ts";
import type { Architecture } from "../../../oci.ts";
import { systemCallFilter } from "./system-calls.ts";
import { NOBODY, type User, closedFolder } from "./user.ts";

/** Bubblewrap, as it was found to work here. */
export interface Guard {
  readonly command: readonly [string, ...string[]];
  /** As whom instances run on this machine; `undefined`: as this process does. */
  readonly user: User | undefined;
  /** Of system calls. */
  readonly filter: Uint8Array;
  /** The arguments that take from an instance what it could do to the machine. */
  readonly isolation: (hasNetwork: boolean) => readonly string[];
}

export interface FindGuardOptions {
  readonly mode: "auto" | "required" | "off";
  /** The program; `undefined` when there is none. */
  readonly bwrap: string | undefined;
  /** Of the images. */
  readonly folder: string;
  /** This machine's. */
  readonly architecture: Architecture;
  /** Whether this process may be anybody. */
  readonly isRoot: boolean;
}

const PROBE_MS = 10_000;
const SETPRIV = "/usr/bin/setpriv";

const run = promisify(execFile);

/**
 * Finds out by trying it whether instances can be kept in a sandbox here.
 * @throws DeployError `invalid` when they have to be, and cannot.
 */
export async function findGuard(options: FindGuardOptions): Promise<{ guard?: Guard; sandbox: Sandbox }> {
  const { mode } = options;
  if (mode === "off") return { sandbox: { isOn: false, why: "it is switched off" } };
  const found = await tryGuards(options);
  if (typeof found !== "string") return { guard: found, sandbox: { isOn: true } };
  if (mode === "auto") return { sandbox: { isOn: false, why: found } };
  throw new DeployError("invalid", `functions have to run in a sandbox, and there is none: ${found}`);
}

async function tryGuards({ bwrap, folder, architecture, isRoot }: FindGuardOptions): Promise<Guard | string> {
  if (bwrap === undefined) return "bubblewrap is not installed (Debian: apt-get install bubblewrap)";
  const filter = systemCallFilter(architecture);
  const guards: Guard[] = [{ command: [bwrap], user: undefined, filter, isolation }];
  // Root on the outside would be root to whoever is asked over the machine's network who it is. Nobody is better, where it gets
  // to the images.
  if (isRoot && existsSync(SETPRIV) && closedFolder(folder, NOBODY) === undefined) {
    const { uid, gid } = NOBODY;
    const asNobody = [SETPRIV, `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--", bwrap] as const;
    guards.unshift({ command: asNobody, user: NOBODY, filter, isolation });
  }
  let why = "";
  for (const guard of guards) {
    const problem = await problemWith(guard);
    if (problem === undefined) return guard;
    why ||= problem;
  }
  return why;
}

function isolation(hasNetwork: boolean): readonly string[] {
  return [
    ...["user", "pid", "ipc", "uts", "cgroup", ...(hasNetwork ? [] : ["net"])].map((name) => `--unshare-${name}`),
    ...["--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
    ...["--uid", String(NOBODY.uid), "--gid", String(NOBODY.gid)],
  ];
}

/** Runs a program that does nothing as an instance would be run. */
async function problemWith({ command }: Guard): Promise<string | undefined> {
  const [program, ...args] = command;
  const files = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
  try {
    await run(program, [...args, ...files, ...isolation(false), "--", "/bin/true"], { env: {}, timeout: PROBE_MS });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const why = said || (error instanceof Error ? error.message : String(error));
    return `bubblewrap does not work here (${why.split("\n").at(-1)}); it takes version 0.8, and a machine that lets users make namespaces`;
  }
}
