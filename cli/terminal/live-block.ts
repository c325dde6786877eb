/** What a block needs of the terminal it is drawn on; `process.stdout` is one. Some do not know their size: 0. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const ERASE_TO_END = "\u001b[J";

/** Lines that are drawn over themselves at the end of what a terminal shows, without taking the whole screen. */
export class LiveBlock {
  readonly #screen: Screen;
  #widths: readonly number[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Draws lines in place of those before. What is more than the terminal has rows is left out. */
  draw(lines: readonly string[]): void {
    const most = Math.max(1, sizeOf(this.#screen.rows) - 1);
    const left = lines.length - most;
    const shown = left > 0 ? [...lines.slice(0, most - 1), `… ${left + 1} more lines; make the window taller`] : lines;
    this.#screen.write(`${HIDE_CURSOR}${this.#toStart()}${shown.map((line) => `${line}\n`).join("")}`);
    this.#widths = shown.map((line) => Bun.stringWidth(line));
  }

  /** Leaves what is drawn and gives the cursor back. */
  end(): void {
    this.#screen.write(SHOW_CURSOR);
  }

  // In a window that has become narrower, what was one line is several.
  #toStart(): string {
    const columns = sizeOf(this.#screen.columns);
    const height = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `${height === 0 ? "" : `\u001b[${height}A`}\r${ERASE_TO_END}`;
  }
}

/** A terminal's width or height, which may be unknown. */
export function sizeOf(size: number): number {
  return size > 0 ? size : Number.POSITIVE_INFINITY;
}
