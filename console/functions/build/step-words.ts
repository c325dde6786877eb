import type { JobStep } from "../../../mesh/job.ts";
import { formatBytes } from "../../ui/format.ts";

/** What is done in each step, in words. */
export const STEP_WORDS: Readonly<Record<string, string>> = {
  look: "Look for the image",
  dependencies: "Install dependencies",
  bundle: "Bundle the handler",
  image: "Make the image",
  push: "Push to the registry",
  attest: "Sign and attest",
  verify: "Verify the image",
  apply: "Apply",
  wait: "Wait until it is ready",
  traffic: "Send traffic",
};

/** What came out of a step; bytes as people read them. */
export function stepNote({ note = "" }: JobStep): string {
  return note.replace(/^(\d+) bytes\b/, (_, bytes: string) => formatBytes(Number(bytes)));
}
