import { describe, expect, test } from "vitest";
import { formatMs, formatRate } from "../../cli/services/format.ts";
import { LiveBlock } from "../../cli/terminal/live-block.ts";
import { printable } from "../../cli/terminal/printable.ts";
import { styleFor } from "../../cli/terminal/style.ts";
import { type Column, table } from "../../cli/terminal/table.ts";

describe("a table", () => {
  const columns: Column<{ readonly name: string; readonly size: number }>[] = [
    { title: "NAME", cell: ({ name }) => name },
    { title: "SIZE", align: "right", leaveOut: 2, cell: ({ size }) => String(size) },
    { title: "HALF", align: "right", leaveOut: 1, cell: ({ size }) => String(size / 2) },
  ];
  const rows = [
    { name: "small", size: 8 },
    { name: "a larger one", size: 1024 },
  ];

  test("is as wide as it has to be", () => {
    expect(table(columns, rows, Number.POSITIVE_INFINITY)).toEqual([
      "NAME          SIZE  HALF",
      "small            8     4",
      "a larger one  1024   512",
    ]);
  });

  test("in a narrow window loses first columns, then the ends of lines", () => {
    expect(table(columns, rows, 20)).toEqual(["NAME          SIZE", "small            8", "a larger one  1024"]);
    expect(table(columns, rows, 12)).toEqual(["NAME", "small", "a larger one"]);
    expect(table(columns, rows, 6)).toEqual(["NAME", "small", "a lar…"]);
  });

  test("is straight with wide characters", () => {
    expect(table(columns.slice(0, 2), [{ name: "数", size: 1 }], 40)).toEqual(["NAME  SIZE", "数       1"]);
  });
});

describe("a live block", () => {
  function screen(
    columns: number,
    rows: number,
  ): { columns: number; rows: number; write: (text: string) => void; take: () => string } {
    let written = "";
    return {
      columns,
      rows,
      write(text) {
        written += text;
      },
      take() {
        const text = written;
        written = "";
        return text;
      },
    };
  }

  test("goes back to its first line, also when lines have become several in a narrower window", () => {
    const terminal = screen(80, 24);
    const block = new LiveBlock(terminal);
    block.draw(["first", "x".repeat(60)]);
    expect(terminal.take()).not.toContain("A");
    block.draw(["first", "x".repeat(60)]);
    expect(terminal.take()).toContain("\u001b[2A");
    terminal.columns = 25;
    block.draw(["first"]);
    expect(terminal.take()).toContain("\u001b[4A");
  });

  test("is drawn whole where the size is not known", () => {
    const terminal = screen(0, 0);
    const block = new LiveBlock(terminal);
    for (let times = 0; times < 2; times++) block.draw(["1", "2", "3"]);
    expect(terminal.take()).toContain("3\n\u001b[?25l\u001b[3A");
  });

  test("never has more lines than the terminal", () => {
    const terminal = screen(80, 5);
    new LiveBlock(terminal).draw(["1", "2", "3", "4", "5", "6"]);
    expect(terminal.take().split("\n")).toHaveLength(5);
  });
});

test("numbers are short", () => {
  expect([null, 0.056, 9.994, 12.3, 999, 1234].map(formatMs)).toEqual([
    "–",
    "0.06 ms",
    "9.99 ms",
    "12 ms",
    "999 ms",
    "1.2 s",
  ]);
  expect([null, 0, 0.31, 12.3, 999, 1234].map(formatRate)).toEqual(["–", "0", "0.3", "12", "999", "1.2k"]);
});

test("text from elsewhere moves no cursor", () => {
  expect(printable("a\u001b[2J\u0007\r\u009bb\tc\nd")).toBe("a�[2J���b\tc\nd");
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
])("colours: terminal %j with %j: %j", (isTerminal, env, expected) => {
  expect(styleFor(isTerminal, env).red("x") !== "x").toBe(expected);
});
