import { describe, expect, test } from "vitest";
import { describeSeries, isolated, summedUp } from "../../console/ui/chart-series.ts";
import { nextSorting, sortRows } from "../../console/ui/column.ts";
import { formatAgo, formatBytes, formatCount, formatMs, formatRate, formatShare } from "../../console/ui/format.ts";
import { highlight } from "../../console/ui/highlight.ts";
import { sentence } from "../../console/ui/sentence.ts";
import { sparklinePaths } from "../../console/ui/sparkline-path.ts";

describe("numbers are short", () => {
  test.each([
    [formatCount(1234), "1,234"],
    [formatCount(1_234_567), "1.23M"],
    [formatCount(null), "–"],
    [formatRate(0), "0"],
    [formatRate(0.01), "<0.1"],
    [formatRate(3.14), "3.1"],
    [formatRate(12_345), "12.3K"],
    [formatMs(0.312), "0.31 ms"],
    [formatMs(4.25), "4.3 ms"],
    [formatMs(312.4), "312 ms"],
    [formatMs(1250), "1.25 s"],
    [formatMs(125_000), "2 min 5 s"],
    [formatMs(7_260_000), "2 h 1 min"],
    [formatBytes(512), "512 B"],
    [formatBytes(1234), "1.2 kB"],
    [formatBytes(3_400_000), "3.4 MB"],
    [formatShare(0.125), "12.5%"],
    [formatAgo(1000, 1500), "now"],
    [formatAgo(0, 12_000), "12 s ago"],
    [formatAgo(0, 200_000), "3 min ago"],
    [formatAgo(7_200_000, 0), "in 2 h"],
    [formatAgo(0, 200_000_000), "2 d ago"],
  ])("%s", (text, expected) => expect(text).toBe(expected));
});

describe("a small chart", () => {
  test("draws from zero to its largest value", () => {
    const { line, area } = sparklinePaths([0, 5, 10], { width: 100, height: 20 });
    expect(line).toBe("M0,19L50,10L100,1");
    expect(area).toBe("M0,20L0,19L50,10L100,1L100,20Z");
  });

  test("leaves a gap where nothing was known", () => {
    expect(sparklinePaths([1, null, 1], { width: 100, height: 20 }).line).toBe("M0,1M100,1");
  });

  test("is empty without values, and flat with zeros", () => {
    expect(sparklinePaths([], { width: 100, height: 20 })).toEqual({ line: "", area: "" });
    expect(sparklinePaths([0, 0], { width: 100, height: 20 }).line).toBe("M0,19L100,19");
  });

  test("has words for those who do not see it", () => {
    expect(describeSeries({ name: "Calls", values: [1, null, 9, 4] }, String)).toBe("Calls: 4 now, between 1 and 9");
    expect(describeSeries({ name: "Calls", values: [null] }, String)).toBe("Calls: nothing known");
    expect(describeSeries({ name: "Calls", values: [1, 2, 0] }, String, "bars")).toBe(
      "Calls: 3 in all, between 0 and 2",
    );
  });
});

describe("a chart", () => {
  test("sums up what was counted, and says what was measured last", () => {
    expect(summedUp({ values: [1, null, 2, 0] }, "bars")).toBe(3);
    expect(summedUp({ values: [1, 2, null] }, "line")).toBe(2);
    expect(summedUp({ values: [null] }, "bars")).toBe(null);
  });

  test("finds the values of which a line shows nothing", () => {
    expect(isolated([null, 3, null, 4, 5, null, 6])).toEqual([1, 6]);
    expect(isolated([7])).toEqual([0]);
  });
});

test("a text of the gateway is a sentence, unless it begins with the name of something", () => {
  expect(sentence("it was shipped already")).toBe("It was shipped already");
  for (const text of ["params.name: is missing", "params: is missing", "start_failed is why", "items[0] is missing"])
    expect(sentence(text)).toBe(text);
});

describe("rows are sorted", () => {
  const columns = [
    { id: "name", header: "Name", cell: String, sortBy: (row: string) => row },
    { id: "size", header: "Size", cell: String, sortBy: (row: string) => row.length },
    { id: "note", header: "Note", cell: String },
  ];

  test("by texts as people count, by numbers, or not at all", () => {
    const rows = ["v10", "v9", "version"];
    const by = (column: string, isDescending = false) => sortRows(rows, columns, { column, isDescending });
    expect(by("name")).toEqual(["v9", "v10", "version"]);
    expect(by("size", true)).toEqual(["version", "v10", "v9"]);
    expect(by("note")).toEqual(rows);
    expect(sortRows(rows, columns, undefined)).toBe(rows);
  });

  test("up, then down, then as they came", () => {
    const up = nextSorting(undefined, "name");
    const down = nextSorting(up, "name");
    expect([up, down, nextSorting(down, "name")]).toEqual([
      { column: "name", isDescending: false },
      { column: "name", isDescending: true },
      undefined,
    ]);
  });
});

describe("code is coloured", () => {
  test.each([
    ["json", '{"a": "b", "n": -1.5, "t": true}', ["name", "string", "name", "number", "name", "keyword"]],
    ["typescript", "const a = f(1); // why", ["keyword", "name", "number", "comment"]],
    ["shell", "curl -X POST 'x' # why", ["name", "keyword", "string", "comment"]],
    ["yaml", "rule: allow # why", ["name", "comment"]],
  ] as const)("%s", (language, code, kinds) => {
    const pieces = highlight(code, language);
    expect(pieces.map(({ text }) => text).join("")).toBe(code);
    expect(pieces.map(({ kind }) => kind).filter((kind) => kind !== "plain")).toEqual(kinds);
  });

  test("unless it is very long", () => {
    expect(highlight("1".repeat(100_001), "json")).toHaveLength(1);
  });
});
