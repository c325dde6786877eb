import type { Deployment } from "../../../../mesh/deployment.ts";
import { memoryBytes, processors } from "../../../../mesh/quantity.ts";

/** What one instance may use. */
export interface Limits {
  readonly memoryBytes: number;
  /** Half of one is `0.5`. */
  readonly processors: number;
  /** Threads count as well where the kernel counts. */
  readonly processes: number;
}

/** What can be limited. */
export const LIMITED = ["memory", "processors", "processes"] as const;
export type Limited = (typeof LIMITED)[number];

export function limitsOf({ resources }: Deployment, processes: number): Limits {
  return { memoryBytes: memoryBytes(resources.memory), processors: processors(resources.cpu), processes };
}
