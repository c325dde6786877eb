import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { kill, pid } from "node:process";
import { beganAt } from "./process-tree.ts";

const NAME = /^fmesh-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}$/;

/** A name for what is this process's alone, and goes with it: whoever finds it later can tell. */
export function ownedName(): string {
  return `fmesh-${pidNamespace()}-${pid}-${beganAt(pid) ?? 0}-${randomUUID().slice(0, 8)}`;
}

/** Whether it was named by a process that has ended. Those of other containers cannot be seen from here. */
export function isAbandoned(name: string): boolean {
  const [, namespace, owner = "", began] = NAME.exec(name) ?? [];
  return namespace === pidNamespace() && !isRunning(Number(owner), began);
}

function isRunning(owner: number, began: string | undefined): boolean {
  try {
    kill(owner, 0);
  } catch (error) {
    // It may be somebody else's.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  return began === "0" || beganAt(owner) === began;
}

/** Systems other than Linux have one only. */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}
