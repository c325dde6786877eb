import { describe, expect, test } from "vitest";
import { type LiveNames, complete } from "../../cli/completion/complete.ts";
import { createProgram } from "../../cli/program.ts";

/** A mesh in which these run, whichever is asked for. */
const fixedNames: LiveNames = {
  services: (config) => Promise.resolve([{ value: "arithmetic", description: `of ${config}` }]),
  functions: () =>
    Promise.resolve(["arithmetic.sum", "shop.buy"].map((value) => ({ value, description: "a function" }))),
};

async function values(...words: string[]): Promise<string[]> {
  const { candidates, names } = await complete(createProgram(), words, fixedNames);
  return [...candidates.map(({ value }) => value), ...(names === "none" ? [] : [`(${names})`])];
}

describe("a command line is completed", () => {
  test.each([
    [["to"], ["token"]],
    [["__"], []],
    [
      ["rules", ""],
      ["explain", "test", "check", "help"],
    ],
    [["rules", "e"], ["explain"]],
    [["services", "--all"], ["--all-projects"]],
    [["services", "--deb"], ["--debug"]],
    [
      ["logs", "--level", ""],
      ["debug", "info", "warn", "error"],
    ],
    [["logs", "--level=w"], ["--level=warn"]],
    [["logs", "--level", "=", "w"], ["warn"]],
    [
      ["logs", "--level", "="],
      ["debug", "info", "warn", "error"],
    ],
    [["logs", "--json", "--level", "warn", "ar"], ["arithmetic"]],
    [
      ["call", ""],
      ["arithmetic.sum", "shop.buy"],
    ],
    [["call", "shop"], ["shop.buy"]],
    [["call", "--timeout", "3", "--config=x", "sh"], ["shop.buy"]],
    [["call", "shop.buy", ""], []],
    [["call", "--config", "s"], ["(files)"]],
    [["call", "--timeout", ""], []],
    [["up", ""], ["(files)"]],
    [["worker", "a"], ["(files)"]],
    [["rules", "explain", "sh"], ["shop.buy"]],
    [["events", "t"], ["tail"]],
    [["events", "tail", "--af"], ["--after"]],
    [
      ["invocations", "tail", "--status", ""],
      ["PENDING", "SUCCESS", "FAILURE"],
    ],
    [["invocations", "re"], ["replay"]],
    [["functions", "pro"], ["promote"]],
    [["functions", "backup", ""], ["(files)"]],
    [["functions", "push", ""], ["(folders)"]],
    [["jobs", "t"], ["tail"]],
    [
      ["base", "build", "--runtime", ""],
      ["bun", "node", "deno", "python"],
    ],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["nonsense", "--nonsense=", ""], []],
  ])("%j: %j", async (words, expected) => {
    expect(await values(...words)).toEqual(expected);
  });

  test("the first word alone names every command that --help shows", async () => {
    const { candidates } = await complete(createProgram(), [""], fixedNames);
    const program = createProgram();
    const shown = program.createHelp().visibleCommands(program);
    expect(candidates.map(({ value }) => value)).toEqual(shown.map((command) => command.name()));
    expect(candidates.every(({ description }) => description !== "")).toBe(true);
  });

  test("what runs is asked of the mesh that --config names", async () => {
    const { candidates } = await complete(createProgram(), ["logs", "--config", "elsewhere", ""], fixedNames);
    expect(candidates).toEqual([{ value: "arithmetic", description: "of elsewhere" }]);
  });
});
