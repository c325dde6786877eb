import type { ProblemDocument } from "../api/problem-error.ts";
import type { Timing } from "./server-timing.ts";

/** What came back. */
export type OutcomeBody =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string }
  | {
      readonly kind: "items";
      /** The last ones, each with its place, counted from 1. */
      readonly items: readonly { readonly place: number; readonly value: unknown }[];
      readonly count: number;
      readonly state: "open" | "complete" | "stopped" | "broken";
    };

/** A call that was made, or is being answered. */
export interface Outcome {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly startedAt: number;
  /** Until the answer began, in milliseconds, as seen from here. */
  readonly answeredMs: number;
  /** Until its end. */
  readonly tookMs: number;
  readonly timing: Timing;
  readonly body: OutcomeBody;
  readonly problem: ProblemDocument | undefined;
  readonly headers: readonly (readonly [string, string])[];
}
