import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Limited, Limits } from "../limits.ts";

/** A tree of control groups, and what is limited in it. */
export interface Hierarchy {
  /** The group that groups are made in. */
  readonly folder: string;
  readonly limits: readonly Limited[];
  readonly files: GroupFiles;
}

/** How the files of a group are called and written to; there are two versions of that (cgroups(7)). */
export interface GroupFiles {
  readonly version: 1 | 2;
  readonly settings: Readonly<Record<Limited, (limits: Limits) => readonly (readonly [file: string, value: string])[]>>;
  readonly memoryEvents: string;
}

/** A period of the kernel's scheduler, of which a group gets its part. */
const PERIOD_MICROSECONDS = 100_000;
/** Less is refused. */
const LEAST_MICROSECONDS = 1_000;

/** What the kernel calls what is limited. */
export const CONTROLLERS: Readonly<Record<Limited, string>> = {
  memory: "memory",
  processors: "cpu",
  processes: "pids",
};

const VERSION_2: GroupFiles = {
  version: 2,
  settings: {
    memory: ({ memoryBytes }) => [
      ["memory.max", String(memoryBytes)],
      ["memory.swap.max", "0"],
      ["memory.oom.group", "1"],
    ],
    processors: (limits) => [["cpu.max", `${quota(limits)} ${PERIOD_MICROSECONDS}`]],
    processes: ({ processes }) => [["pids.max", String(processes)]],
  },
  memoryEvents: "memory.events",
};

const VERSION_1: GroupFiles = {
  version: 1,
  settings: {
    memory: ({ memoryBytes }) => [
      ["memory.limit_in_bytes", String(memoryBytes)],
      ["memory.memsw.limit_in_bytes", String(memoryBytes)],
    ],
    processors: (limits) => [
      ["cpu.cfs_period_us", String(PERIOD_MICROSECONDS)],
      ["cpu.cfs_quota_us", String(quota(limits))],
    ],
    processes: ({ processes }) => [["pids.max", String(processes)]],
  },
  memoryEvents: "memory.oom_control",
};

/** Kernels without swap, or older ones, do without these. */
export const OPTIONAL_FILES: readonly string[] = ["memory.swap.max", "memory.memsw.limit_in_bytes", "memory.oom.group"];

/**
 * Groups that may be divided, by what is limited there, best first: those that this process is in, or the one that was left to it.
 * A group of version 2 that has processes of its own cannot be divided, but perhaps one of those that it is in.
 */
export function findHierarchies(delegated: string | undefined): readonly Hierarchy[] {
  if (delegated !== undefined) return [{ folder: delegated, limits: offeredBy(delegated), files: VERSION_2 }];
  const own = ownGroups();
  return mounts().flatMap((mount): readonly Hierarchy[] => {
    if (mount.type === "cgroup2") {
      const groups = upTo(mount.folder, groupIn(mount, own.get("")));
      return groups.map((folder) => ({ folder, limits: offeredBy(folder), files: VERSION_2 }));
    }
    const path = mount.options.map((controller) => own.get(controller)).find((each) => each !== undefined);
    return [{ folder: groupIn(mount, path), limits: limitedIn(mount.options), files: VERSION_1 }];
  });
}

interface Mount {
  readonly type: "cgroup" | "cgroup2";
  /** The group that is mounted there. */
  readonly root: string;
  readonly folder: string;
  readonly options: readonly string[];
}

/** Where a group is found; in a container that may be where all of them are. */
function groupIn({ root, folder }: Mount, path = "/"): string {
  const inside = root !== "/" && path.startsWith(root) ? path.slice(root.length) : path;
  const group = resolve(folder, `./${inside}`);
  return existsSync(group) ? group : folder;
}

/** A group and those that it is in. */
function upTo(root: string, group: string): readonly string[] {
  return group.startsWith(`${root}/`) ? [group, ...upTo(root, dirname(group))] : [root];
}

/** The limits that a group of version 2 can be divided by. */
export function offeredBy(folder: string): readonly Limited[] {
  return limitedIn(text(join(folder, "cgroup.controllers")).trim().split(" "));
}

function limitedIn(controllers: readonly string[]): readonly Limited[] {
  return (Object.keys(CONTROLLERS) as Limited[]).filter((limited) => controllers.includes(CONTROLLERS[limited]));
}

/** This process's group by controller; `""` for version 2. */
function ownGroups(): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text("/proc/self/cgroup").split("\n").filter(Boolean)) {
    const [, controllers = "", ...path] = line.split(":");
    for (const controller of controllers.split(",")) groups.set(controller, path.join(":"));
  }
  return groups;
}

/** Where control groups are mounted (proc(5), mountinfo). */
function mounts(): readonly Mount[] {
  return text("/proc/self/mountinfo")
    .split("\n")
    .flatMap((line) => {
      const [mount = "", kind = ""] = line.split(" - ");
      const [, , , root = "/", folder = ""] = mount.split(" ");
      const [type = "", , options = ""] = kind.split(" ");
      return type === "cgroup" || type === "cgroup2" ? [{ type, root, folder, options: options.split(",") }] : [];
    });
}

function quota({ processors }: Limits): number {
  return Math.max(LEAST_MICROSECONDS, Math.round(processors * PERIOD_MICROSECONDS));
}

// No such file is no such feature.
function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
