import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { kill } from "node:process";
import { pause } from "../../../../../mesh/pause.ts";
import type { Limited, Limits } from "../limits.ts";
import { descendantsOf } from "../process-tree.ts";
import { type GroupFiles, type Hierarchy, OPTIONAL_FILES } from "./hierarchies.ts";

/** How long the kernel may take to forget a process that was killed. */
const PATIENCE_MS = 2_000;
const POLL_MS = 5;
const UNINTERRUPTED = new AbortController().signal;

/** A group for one instance in each hierarchy, by which the kernel limits it. */
export class ControlGroup {
  #isRemoved = false;
  readonly #folders: readonly { readonly path: string; readonly files: GroupFiles }[];

  /** @throws Error of the file system when there is no room, or no right, for a group. */
  constructor(hierarchies: readonly Hierarchy[], name: string, limits: Limits) {
    this.#folders = hierarchies.map(({ folder, files }) => ({ path: join(folder, name), files }));
    for (const [index, { path, files }] of this.#folders.entries()) {
      mkdirSync(path);
      for (const limited of hierarchies[index]?.limits ?? []) {
        for (const [file, value] of files.settings[limited](limits)) write(join(path, file), value);
      }
    }
  }

  /**
   * Moves a process, and all below it, into the group. The kernel takes its time for that, some milliseconds, in which a runtime
   * has not even begun with a function: nobody waits for it.
   * @throws Error of the file system when the kernel does not let it.
   */
  async add(pid: number): Promise<void> {
    const added = new Set<number>();
    for (;;) {
      // What one that has been moved starts is in the group from the beginning.
      const [next] = [pid, ...descendantsOf(pid)].filter((each) => !added.has(each));
      if (next === undefined) return;
      for (const { path } of this.#folders) {
        // It may be over before it is here; then its number is nobody's, or somebody else's.
        if (this.#isRemoved) return;
        await writeFile(join(path, "cgroup.procs"), String(next)).catch((error: unknown) => this.#unlessOver(error));
      }
      added.add(next);
    }
  }

  /** Whether the kernel has ended something in it for want of memory. */
  wasOutOfMemory(): boolean {
    return this.#folders.some(({ path, files }) => /^oom_kill [1-9]/m.test(read(join(path, files.memoryEvents))));
  }

  /** Ends all that is in it, and removes it when all has ended; answers whether it has. */
  async remove(): Promise<boolean> {
    this.#isRemoved = true;
    const end = performance.now() + PATIENCE_MS;
    let left = this.#folders.map(({ path }) => path);
    while (left.length > 0) {
      for (const path of left) killGroup(path);
      left = left.filter((path) => !isRemoved(path));
      if (left.length === 0) break;
      if (performance.now() > end) return false;
      await pause(POLL_MS, UNINTERRUPTED);
    }
    return true;
  }

  #unlessOver(error: unknown): void {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone && !this.#isRemoved) throw error;
  }
}

/** The limits that hierarchies are for. */
export function limitedBy(hierarchies: readonly Hierarchy[]): ReadonlySet<Limited> {
  return new Set(hierarchies.flatMap(({ limits }) => limits));
}

/** Ends what is in a group. */
export function killGroup(path: string): void {
  for (const line of read(join(path, "cgroup.procs")).split("\n").filter(Boolean)) {
    try {
      kill(Number(line), "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}

function write(path: string, value: string): void {
  try {
    writeFileSync(path, value, { flag: "r+" });
  } catch (error) {
    if (!OPTIONAL_FILES.includes(basename(path))) throw error;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
