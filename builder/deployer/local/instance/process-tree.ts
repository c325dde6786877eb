import { readFileSync, readdirSync } from "node:fs";

/** What a process and all below it use. */
export interface TreeUsage {
  /** Memory that is theirs alone: what they have read from files is not counted. */
  readonly memoryBytes: number;
  /** Of a processor, since they began. */
  readonly seconds: number;
  readonly processes: number;
}

/** Linux tells times to programs in these, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;

/** Whether this system tells what processes do; Linux does. */
export function canSeeProcesses(): boolean {
  return text("/proc/self/stat") !== "";
}

/** A process's children, whichever of its threads has started them; none of one that is gone. */
export function childrenOf(pid: number): readonly number[] {
  const tasks = `/proc/${pid}/task`;
  return list(tasks).flatMap((task) => numbers(text(`${tasks}/${task}/children`)));
}

/** All below a process, nearest first. */
export function descendantsOf(pid: number): readonly number[] {
  const found = [...childrenOf(pid)];
  for (let index = 0; index < found.length; index++) found.push(...childrenOf(found[index] ?? 0));
  return found;
}

/** What is gone uses nothing. */
export function usageOf(pids: readonly number[]): TreeUsage {
  let [memoryBytes, seconds, processes] = [0, 0, 0];
  for (const pid of pids) {
    const status = text(`/proc/${pid}/status`);
    for (const [, kibibytes] of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm))
      memoryBytes += Number(kibibytes) * 1024;
    // The name, which may hold anything, ends with the last bracket.
    const [, ...stat] = text(`/proc/${pid}/stat`).split(/^.*\) /s);
    const ticks = (stat[0] ?? "").split(" ").slice(11, 15).map(Number);
    seconds += ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
    processes += Number(ticks.length > 0);
  }
  return { memoryBytes, seconds, processes };
}

/** When a process began, by the system's own count: another one may have its number by now. */
export function beganAt(pid: number): string | undefined {
  const [, rest] = text(`/proc/${pid}/stat`).split(/^.*\) /s);
  return rest?.split(" ")[19];
}

function numbers(line: string): readonly number[] {
  return line.split(" ").filter(Boolean).map(Number);
}

// Processes end while one looks at them.
function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
