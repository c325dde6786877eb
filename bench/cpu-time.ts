import { readFileSync } from "node:fs";

/** Ticks of the kernel's clock in a second, as it shows them to programs (proc(5), `sysconf(_SC_CLK_TCK)`). */
const TICKS_PER_SECOND = 100;
/** Places of a process's own ticks, in the system and out of it, after its name. */
const [USER, SYSTEM] = [11, 12] as const;

/** What a process has used of the processors so far, in microseconds. Linux only. */
export function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[USER]) + Number(fields[SYSTEM])) * 1_000_000) / TICKS_PER_SECOND;
}
