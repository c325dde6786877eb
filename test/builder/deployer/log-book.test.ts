import { beforeEach, expect, test } from "vitest";
import { LogBook } from "../../../builder/deployer/local/log-book.ts";
import type { DeployedLine, LogsRequest } from "../../../mesh/deployment.ts";

const QUIET = new AbortController().signal;

let book: LogBook;

beforeEach(() => {
  book = new LogBook();
});

test("lines of all versions are given in the order in which they were written, or of one alone", async () => {
  for (const [version, text] of [
    [1, "a"],
    [2, "b"],
    [1, "c"],
  ] as const) {
    book.add(line(version, text));
  }
  expect(await texts({ lines: 10 })).toEqual(["a", "b", "c"]);
  expect(await texts({ lines: 2 })).toEqual(["b", "c"]);
  expect(await texts({ lines: 10, version: 1 })).toEqual(["a", "c"]);
});

test("the newest thousand of each version are kept", async () => {
  book.add(line(2, "of another version"));
  for (let count = 0; count < 1_200; count++) book.add(line(1, `line ${count}`));
  const kept = await texts({ lines: 5_000 });
  expect(kept).toHaveLength(1_001);
  expect(kept.slice(0, 2)).toEqual(["of another version", "line 200"]);
});

test("a reader who is too slow is told how much it missed", async () => {
  const reading = book.read({ lines: 1, follow: true }, QUIET);
  book.add(line(1, "first"));
  expect((await reading.next()).value).toMatchObject({ text: "first" });
  for (let count = 0; count < 1_300; count++) book.add(line(1, `line ${count}`));
  book.close();
  const rest = (await Array.fromAsync(reading)).map(({ text }) => text);
  expect(rest[0]).toContain("300 lines were left out");
  expect(rest.slice(1, 2)).toEqual(["line 300"]);
  expect(rest.at(-1)).toBe("line 1299");
});

test("what is written while the last lines are read comes after them, once", async () => {
  book.add(line(1, "before"));
  const reading = book.read({ lines: 10, follow: true }, QUIET);
  expect((await reading.next()).value).toMatchObject({ text: "before" });
  book.add(line(1, "after"));
  book.close();
  expect((await Array.fromAsync(reading)).map(({ text }) => text)).toEqual(["after"]);
});

test("versions that are no more take their lines with them", async () => {
  book.add(line(1, "old"));
  book.add(line(2, "new"));
  book.keepOnly([2]);
  expect(await texts({ lines: 10 })).toEqual(["new"]);
});

async function texts(request: Pick<LogsRequest, "lines"> & { readonly version?: number }): Promise<string[]> {
  const lines = await Array.fromAsync(book.read({ ...request, follow: false }, QUIET));
  return lines.map(({ text }) => text);
}

function line(version: number, text: string): DeployedLine {
  return { version, instance: `v${version}-1`, at: "2026-08-01T00:00:00.000Z", text };
}
