import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "../../../../builder/deployer/local/instance/output.ts";

/** Has a process write these pieces, and answers the lines that are told. */
async function told(...pieces: readonly (string | Uint8Array)[]): Promise<{ lines: string[]; output: Output }> {
  const lines: string[] = [];
  const output = new Output((line) => lines.push(line));
  const stream = new PassThrough();
  output.read(stream);
  const ended = new Promise((resolve) => stream.once("close", resolve));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  await ended;
  output.end();
  return { lines, output };
}

test("lines are told whole, however they arrive, and the last without an end too", async () => {
  const snowman = new TextEncoder().encode("☃\n");
  const { lines } = await told("one\ntw", "o\r\n\n", snowman.slice(0, 1), snowman.slice(1), "last");
  expect(lines).toEqual(["one", "two", "", "☃", "last"]);
});

test("a long line is cut, and says by how much", async () => {
  const { lines } = await told("x".repeat(5000), "x".repeat(5000), "\nshort\n");
  expect(lines).toEqual([`${"x".repeat(8192)}… (1808 bytes more)`, "short"]);
});

test("of too many lines some are left out, and none without a word", async () => {
  const count = 50_000;
  const text = Array.from({ length: count }, (_, index) => `line ${index}\n`).join("");
  const { lines } = await told(text);
  const own = lines.filter((line) => line.startsWith("line "));
  const leftOut = lines.flatMap((line) => /^\((\d+) lines are left out: /.exec(line)?.[1] ?? []).map(Number);
  expect(own.length).toBeLessThan(20_000);
  expect(own.length + leftOut.reduce((sum, each) => sum + each, 0)).toBe(count);
});

test("the last lines are kept for whoever asks why it ended", async () => {
  const { output } = await told(Array.from({ length: 50 }, (_, index) => `${index}\n`).join(""));
  expect(output.lastLines).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 30)));
});
