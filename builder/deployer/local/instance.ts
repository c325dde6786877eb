import type { Deployment } from "../../../mesh/deployment.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";

/** One process of a deployed version that is to run. */
export interface InstanceSpec {
  readonly deployment: Deployment;
  /** Its name in the mesh; of its project and function, no other one that runs has it. */
  readonly instance: string;
  /** The broker, with the credentials to use there. */
  readonly natsUrl: string;
  /** How many queue subscriptions per function it begins with. */
  readonly share: number;
}

/** Runs images of functions as processes of this machine. {@link openInstances} in `instance/open-instances.ts` makes it. */
export interface Instances extends Closable {
  /** Whether instances are kept apart from the machine, or why they are not: one sentence for an operator. */
  readonly sandbox: Sandbox;
  /**
   * Fetches what an image holds, once; resolves at once when it is there.
   * @throws DeployError `image_unavailable`, `invalid`, `quota` when the disk is full; rejects with the signal's reason.
   */
  prepare(image: ImageReference, call: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Starts a process of an image that was prepared; resolves when there is one, which does not mean that it takes calls.
   * @throws DeployError `secret_missing`, `image_unavailable` when it was not prepared, `start_failed`.
   */
  start(spec: InstanceSpec, on: InstanceEvents): Promise<RunningInstance>;
  /** Removes images from the disk, but for these; one that an instance runs from stays until it has ended. */
  keepOnly(digests: readonly string[]): Promise<void>;
  /** Ends all that runs, at once; whoever wants calls to be finished stops the instances before. */
  close(): Promise<void>;
}

export type ImageReference = Deployment["image"];

export type Sandbox = { readonly isOn: true } | { readonly isOn: false; readonly why: string };

/** What is told of a process that runs. */
export interface InstanceEvents {
  /** A line that it wrote, without its end; what is too long is cut, and of too many some are left out, which a line says. */
  line(text: string): void;
}

export interface RunningInstance {
  /** Of its process; in a sandbox, of what guards it. */
  readonly pid: number;
  /** Resolves once nothing of it runs any more and all that it wrote was told; it never rejects. */
  readonly ended: Promise<InstanceEnd>;
  /** Asks it to end (SIGTERM), and ends all of it after `graceMs`. May be called again, also with less time. */
  stop(graceMs: number): Promise<InstanceEnd>;
}

/** `stopped`: it was asked to; `exited`: by itself, or somebody else ended it; `out_of_memory`: it took more than it may. */
export interface InstanceEnd {
  readonly reason: "stopped" | "exited" | "out_of_memory";
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  /** What it wrote last, oldest first. */
  readonly lastLines: readonly string[];
}
