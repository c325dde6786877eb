import type { BuildProgress } from "../../mesh/build.ts";
import type { DeployProgress } from "../../mesh/deployment.ts";
import type { JobProgress, JobStep } from "../../mesh/job.ts";

/** Lines that are kept, each cut to so many characters. */
const MAX_LINES = 500;
const MAX_LINE = 2000;

/** What a job told so far. */
export class ProgressLog {
  readonly #steps: JobStep[] = [];
  readonly #log: string[] = [];

  add(progress: BuildProgress | DeployProgress): void {
    const { step: name } = progress;
    if ("log" in progress) {
      this.#log.push(`${name}: ${progress.log.slice(0, MAX_LINE)}`);
      if (this.#log.length > MAX_LINES) this.#log.splice(0, this.#log.length - MAX_LINES);
      return;
    }
    const place = this.#steps.findIndex((step) => step.name === name);
    const { durationMs, note } = progress.state === "began" ? {} : progress;
    const step: JobStep = {
      name,
      ...(durationMs !== undefined && { durationMs: Math.round(durationMs * 100) / 100 }),
      ...(note !== undefined && { note: note.slice(0, MAX_LINE) }),
    };
    if (place < 0) this.#steps.push(step);
    else this.#steps[place] = step;
  }

  /** As it is now. */
  current(): JobProgress {
    return { steps: [...this.#steps], log: [...this.#log] };
  }
}
