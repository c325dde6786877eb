/** A cell of a line. */
export interface Cell {
  readonly text: string;
  readonly align?: "right";
  /** How wide its column is from the beginning. */
  readonly least?: number;
  /** Sets it off. */
  readonly paint?: (text: string) => string;
}

const GAP = "  ";
/** One that is longer does not move what stands behind it in all lines to come. */
const WIDEST = 40;

/** Lays out lines that come one by one: each column is as wide as its widest cell so far. */
export class AlignedLines {
  readonly #widths: number[] = [];

  line(cells: readonly Cell[]): string {
    const padded = cells.map(({ text, align, least = 0, paint = (same: string) => same }, index) => {
      const own = Bun.stringWidth(text);
      const width = Math.max(this.#widths[index] ?? least, Math.min(own, WIDEST));
      this.#widths[index] = width;
      const space = " ".repeat(Math.max(0, width - own));
      return align === "right" ? space + paint(text) : paint(text) + space;
    });
    return padded.join(GAP).trimEnd();
  }
}
