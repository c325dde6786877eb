import type { Issue } from "./errors.ts";
import type { Traffic } from "./function.ts";

/** What can be done with a version of a stored function. */
export const JOB_KINDS = ["build", "deploy"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** How a job stands: the last three are for ever. */
export const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** A part of a job's work, in the order in which they began. */
export interface JobStep {
  /** `bundle`, `push` … */
  readonly name: string;
  /** How long it took; `undefined` while it goes on. */
  readonly durationMs?: number | undefined;
  /** What came out of it, in a few words. */
  readonly note?: string | undefined;
}

/** What is told of a job while it runs. */
export interface JobProgress {
  readonly steps: readonly JobStep[];
  /** The newest lines of what its tools said. */
  readonly log: readonly string[];
}

/** The image of a version. */
export interface BuiltImage {
  /** By digest: `registry.example.com/shop/adder@sha256:…`. */
  readonly reference: string;
  readonly repository: string;
  readonly digest: string;
}

/** Where calls of a function go since it was deployed. */
export interface DeployedAt {
  /** Where it is called. */
  readonly url: string;
  readonly traffic: Traffic;
}

/** Why a job failed: what a person who reads it can do something about. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  /** Where in the handler, when it is at fault. */
  readonly issues?: readonly Issue[] | undefined;
}

/** Work on one version of a function that takes longer than a call. */
export interface Job extends JobProgress {
  /** UUID. */
  readonly id: string;
  readonly project: string;
  readonly kind: JobKind;
  readonly functionId: string;
  readonly label: string;
  readonly version: number;
  readonly state: JobState;
  /** Of a deployment: percent of the calls that the version is to get. */
  readonly percent?: number | undefined;
  /** What was built, or is deployed, when it succeeded. */
  readonly image?: BuiltImage | undefined;
  /** Of a deployment that succeeded. */
  readonly deployed?: DeployedAt | undefined;
  readonly error?: JobError | undefined;
  /** RFC 3339. */
  readonly createdAt: string;
  /** The `id` claim of who asked for it. */
  readonly createdBy: string;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
}
