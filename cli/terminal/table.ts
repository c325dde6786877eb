/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "right";
  /** On a narrow terminal columns with a number are left out, the smallest first. */
  readonly leaveOut?: number;
}

const GAP = "  ";
const ELLIPSIS = "…";

/**
 * Lays rows out in columns, the titles first. What does not fit into `width` loses columns that may be left out, then
 * the ends of its lines.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const shown = fitting(columns, rows, width);
  const lines = [shown.map(({ title }) => title), ...rows.map((row) => shown.map(({ cell }) => cell(row)))];
  const widths = shown.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index]))));
  return lines.map((line) => {
    const cells = line.map((text, index) => pad(text, widths[index] ?? 0, shown[index]?.align));
    return cut(cells.join(GAP).trimEnd(), width);
  });
}

/** A line that is at most so wide. */
export function cut(line: string, width: number): string {
  return lengthOf(line) <= width ? line : Bun.sliceAnsi(line, 0, width, { ellipsis: ELLIPSIS });
}

function fitting<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly Column<Row>[] {
  const total = columns.reduce((sum, { title, cell }) => {
    return sum + Math.max(lengthOf(title), ...rows.map((row) => lengthOf(cell(row)))) + GAP.length;
  }, -GAP.length);
  const spare = columns.filter(({ leaveOut }) => leaveOut !== undefined);
  if (total <= width || spare.length === 0) return columns;
  const least = spare.reduce((a, b) => ((b.leaveOut ?? 0) < (a.leaveOut ?? 0) ? b : a));
  return fitting(
    columns.filter((column) => column !== least),
    rows,
    width,
  );
}

function pad(text: string, width: number, align: "right" | undefined): string {
  const space = " ".repeat(Math.max(0, width - lengthOf(text)));
  return align === "right" ? space + text : text + space;
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : Bun.stringWidth(text);
}
