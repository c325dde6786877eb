import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { pid } from "node:process";
import { beganAt } from "./process-tree.ts";

const NAME = /^fmesh-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}$/;

/** A name for what is this process's alone, and goes with it: whoever finds it later can tell. */
export function ownedName(): string {
  return `fmesh-${pidNamespace()}-${pid}-${beganAt(pid) ?? 0}-${randomUUID().slice(0, 8)}`;
}

/** Whether it was named by a process that has ended. Those of other containers cannot be seen from here. */
export function isAbandoned(name: string): boolean {
  const [, namespace, owner, began] = NAME.exec(name) ?? [];
  return namespace === pidNamespace() && beganAt(Number(owner)) !== began;
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
}
