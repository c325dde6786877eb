import type { Environment } from "./environment.ts";

/** What is started for an instance. */
export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly env: Environment;
  /** Where it is started. */
  readonly folder: string;
  /** What it reads from further file descriptors, from 3 on. */
  readonly inputs: readonly (string | Uint8Array)[];
  /** Whether its process is a guard, with the instance's below it. */
  readonly isGuarded: boolean;
}
