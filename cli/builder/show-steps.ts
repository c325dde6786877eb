import type { BuildProgress } from "../../mesh/build.ts";
import { JobLines } from "../jobs/job-lines.ts";
import { styleFor } from "../terminal/style.ts";

/** Shows a build on this machine as that of a job is shown: on the standard error, a line for each step that is over. */
export function showingSteps(): (progress: BuildProgress) => void {
  const lines = new JobLines(styleFor(process.stderr.isTTY, process.env));
  return (progress) => {
    if ("log" in progress) process.stderr.write(`${lines.logLine(`${progress.step}: ${progress.log}`)}\n`);
    else if (progress.state === "ended")
      process.stderr.write(`${lines.stepLine({ ...progress, name: progress.step })}\n`);
  };
}
