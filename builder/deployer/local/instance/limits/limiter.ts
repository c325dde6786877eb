import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../../../../mesh/log.ts";
import { LIMITED, type Limited, type Limits } from "../limits.ts";
import { isAbandoned, ownedName } from "../owner.ts";
import { canSeeProcesses } from "../process-tree.ts";
import { ControlGroup, killGroup, limitedBy } from "./control-groups.ts";
import { CONTROLLERS, type Hierarchy, findHierarchies, offeredBy } from "./hierarchies.ts";

/** What limits instances: the kernel, and where it may not be told to, whoever started them. */
export interface LimiterOptions {
  /** `auto`: the groups that this process is in; a path: one of version 2 that is this process's alone. */
  readonly controlGroups: "auto" | "off" | (string & {});
  readonly log: Log;
}

const PROBE: Limits = { memoryBytes: 64 * 1024 * 1024, processors: 1, processes: 64 };

export class Limiter {
  readonly #hierarchies: readonly Hierarchy[];
  /** What the kernel limits; the rest has to be watched. */
  readonly byKernel: ReadonlySet<Limited>;

  private constructor(hierarchies: readonly Hierarchy[]) {
    this.#hierarchies = hierarchies;
    this.byKernel = limitedBy(hierarchies);
  }

  /** Tries what the kernel lets this process do, and does without the rest. */
  static async open({ controlGroups, log }: LimiterOptions): Promise<Limiter> {
    if (controlGroups === "off") return new Limiter([]);
    const found = findHierarchies(controlGroups === "auto" ? undefined : controlGroups);
    const usable: Hierarchy[] = [];
    for (const { limits, ...hierarchy } of found) {
      const missing = limits.filter((limited) => !limitedBy(usable).has(limited));
      if (missing.length === 0) continue;
      try {
        usable.push(await takeOver({ ...hierarchy, limits: missing }));
      } catch (error) {
        log.debug("control groups cannot be used", { folder: hierarchy.folder, error });
      }
    }
    return new Limiter(usable);
  }

  /** What has to be watched, as limits that are not there where the kernel limits. */
  toWatch(limits: Limits): Partial<Limits> {
    const { memoryBytes, processors, processes } = limits;
    return {
      ...(!this.byKernel.has("memory") && { memoryBytes }),
      ...(!this.byKernel.has("processors") && { processors }),
      ...(!this.byKernel.has("processes") && { processes }),
    };
  }

  /** A group for an instance; `undefined` when the kernel limits nothing. */
  group(name: string, limits: Limits): ControlGroup | undefined {
    return this.#hierarchies.length === 0 ? undefined : new ControlGroup(this.#hierarchies, name, limits);
  }

  close(): void {
    for (const { folder } of this.#hierarchies) remove(folder);
  }
}

/** One sentence for an operator. */
export function describeLimits(byKernel: ReadonlySet<Limited>): string {
  const watched = LIMITED.filter((limited) => !byKernel.has(limited));
  if (watched.length === 0) return "memory, processors and processes are limited by the kernel";
  const list = new Intl.ListFormat("en").format(watched);
  if (!canSeeProcesses()) return `${list} of instances are not limited: this system is not Linux`;
  return `${list} of instances are watched, since this process may not use the kernel's control groups for that`;
}

/** Makes the group that instances get theirs in, and moves a process to one, to see that this can be done. */
async function takeOver(hierarchy: Hierarchy): Promise<Hierarchy> {
  sweep(hierarchy.folder);
  const folder = join(hierarchy.folder, ownedName());
  if (hierarchy.files.version === 2) offer(hierarchy.folder, hierarchy.limits);
  mkdirSync(folder);
  try {
    const limits = hierarchy.files.version === 2 ? offer(folder, offered(folder, hierarchy)) : hierarchy.limits;
    const own = { ...hierarchy, folder, limits };
    if (limits.length === 0) throw new Error(`"${hierarchy.folder}" cannot be divided`);
    const probe = new ControlGroup([own], "probe", PROBE);
    const child = spawn("/bin/sh", ["-c", "read line"], { env: {}, stdio: ["pipe", "ignore", "ignore"] });
    try {
      await once(child, "spawn");
      await probe.add(child.pid ?? 0);
    } finally {
      child.stdin.end();
      await probe.remove();
    }
    return own;
  } catch (error) {
    remove(folder);
    throw error;
  }
}

function offered(folder: string, { limits }: Hierarchy): readonly Limited[] {
  return offeredBy(folder).filter((limited) => limits.includes(limited));
}

/** Lets a group of version 2 be divided; answers by what it is. */
function offer(folder: string, limits: readonly Limited[]): readonly Limited[] {
  return limits.filter((limited) => {
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${CONTROLLERS[limited]}`);
      return true;
    } catch {
      // A group that has processes of its own, as most have, cannot be divided.
      return false;
    }
  });
}

/** Ends and removes what a process that was killed has left. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder).filter(isAbandoned)) {
    const left = join(folder, name);
    for (const child of readdirSync(left, { withFileTypes: true })) {
      if (!child.isDirectory()) continue;
      killGroup(join(left, child.name));
      remove(join(left, child.name));
    }
    remove(left);
  }
}

function remove(folder: string): void {
  try {
    if (existsSync(folder)) rmdirSync(folder);
  } catch {
    // Something in it has not ended yet; it is swept when the next one begins.
  }
}
