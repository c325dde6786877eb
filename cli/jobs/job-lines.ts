import type { Job, JobStep } from "../../mesh/job.ts";
import { formatMs } from "../services/format.ts";
import { AlignedLines } from "../terminal/aligned-lines.ts";
import { printable } from "../terminal/printable.ts";
import type { Style } from "../terminal/style.ts";

/** As wide as the longest step that there is. */
const NAME_WIDTH = 12;
const TIME_WIDTH = 7;

/** What is told of a job: a line for each step, when it is over. */
export class JobLines {
  readonly #style: Style;
  readonly #lines = new AlignedLines();
  readonly #told = new Set<string>();

  constructor(style: Style) {
    this.#style = style;
  }

  /** Lines for what is new. A step that did not get to its end is told when the job has. */
  linesOf({ steps, endedAt }: Pick<Job, "steps" | "endedAt">): string[] {
    const isOver = ({ durationMs }: JobStep): boolean => durationMs !== undefined || endedAt !== undefined;
    const news = steps.filter((step) => isOver(step) && !this.#told.has(step.name));
    for (const { name } of news) this.#told.add(name);
    return news.map((step) => this.stepLine(step));
  }

  /** One that did not get to its end has no time. */
  stepLine({ name, durationMs, note = "" }: JobStep): string {
    return this.#lines.line([
      { text: printable(name), least: NAME_WIDTH, ...(durationMs === undefined && { paint: this.#style.red }) },
      { text: formatMs(durationMs ?? null), align: "right", least: TIME_WIDTH },
      { text: printable(note), paint: this.#style.dim },
    ]);
  }

  logLine(line: string): string {
    return this.#style.dim(`  ${printable(line)}`);
  }
}
