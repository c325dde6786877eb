import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getuid, kill } from "node:process";
import { isAbandoned, ownedName } from "./owner.ts";
import { beganAt } from "./process-tree.ts";

/** `f_type` of a file system that is in memory (statfs(2)). */
const TMPFS = 0x0102_1994;
/** Others may pass through, to what is theirs; nobody else can list it. */
const FOLDER_MODE = 0o711;
const PROCESS_FILE = "process";

/** Where what is written does not get to a disk. */
const MEMORY = "/dev/shm";

/** A place that is in memory; `otherwise` where there is none. */
export function placeInMemory(otherwise: string): string {
  return isInMemory(MEMORY) ? MEMORY : otherwise;
}

/**
 * What instances have of their own while they run: their secrets, and which process they are. Whoever comes after a process that
 * was killed ends and removes what it has left.
 */
export class PrivateFolder {
  readonly #folder: string;

  /** @param parent where it is; other processes may have theirs there. */
  constructor(parent: string) {
    mkdirSync(parent, { recursive: true });
    for (const name of readdirSync(parent).filter(isAbandoned)) {
      // Where anybody may make folders, somebody else's would have us end what they like.
      if (statSync(join(parent, name)).uid === getuid?.()) sweep(join(parent, name));
    }
    this.#folder = join(parent, ownedName());
    makeFolder(this.#folder);
  }

  /** A folder for an instance. */
  lend(instance: string): string {
    const folder = join(this.#folder, instance);
    makeFolder(folder);
    return folder;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Writes down which process an instance is, for whoever comes after this one was killed. */
export function noteProcess(folder: string, pid: number): void {
  writeFileSync(join(folder, PROCESS_FILE), `${pid} ${beganAt(pid) ?? ""}`);
}

function sweep(folder: string): void {
  for (const { name, parentPath } of readdirSync(folder, { withFileTypes: true })) endLeft(join(parentPath, name));
  rmSync(folder, { recursive: true, force: true });
}

function endLeft(folder: string): void {
  try {
    const [pid = "", began] = readFileSync(join(folder, PROCESS_FILE), "utf8").split(" ");
    if (began !== "" && beganAt(Number(pid)) === began) kill(-Number(pid), "SIGKILL");
  } catch {
    // It has noted none, or that has ended.
  }
}

function makeFolder(folder: string): void {
  mkdirSync(folder);
  chmodSync(folder, FOLDER_MODE);
}

function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === TMPFS;
  } catch {
    return false;
  }
}
