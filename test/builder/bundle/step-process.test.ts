import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { type StepProcess, type StepResult, runStep } from "../../../builder/bundle/step-process.ts";

function step(script: string, rest: Partial<StepProcess> = {}): Promise<StepResult> {
  return runStep({
    doing: "the step",
    command: ["/bin/sh", "-c", script],
    folder: tmpdir(),
    env: {},
    timeMs: 10_000,
    memoryBytes: 1_000_000_000,
    signal: undefined,
    ...rest,
  });
}

describe("a step of a build", () => {
  it("gives what it wrote and how it ended", async () => {
    const result = await step("cat; echo wrong >&2; exit 3", { input: "hello" });
    expect(result).toEqual({ exitCode: 3, stdout: "hello", stderr: "wrong\n" });
  });

  it("has no environment but its own", async () => {
    const { stdout } = await step("/usr/bin/env | /usr/bin/sort", { env: { TEA: "green" } });
    expect(stdout).toContain("TEA=green");
    expect(stdout).not.toContain("HOME=");
  });

  it("takes all it has started along when it is stopped", async () => {
    const stop = new AbortController();
    let child: number | undefined;
    // The one that it starts has a child too; both say their ids by what they are called.
    const running = step("sleep 600 & sleep 601 & wait", {
      env: { PATH: "/bin:/usr/bin" },
      signal: stop.signal,
      watch: () => {
        child ??= processNamed("sleep\u0000601\u0000");
        if (child !== undefined) stop.abort(new Error("enough"));
        return Promise.resolve();
      },
    });
    await expect(running).rejects.toThrow("enough");
    expect(child).toBeDefined();
    await expect.poll(() => isRunning(child ?? 0)).toBe(false);
  });

  it("takes along what it left running when it ended by itself", async () => {
    const { stdout } = await step("sleep 602 & echo $!", { env: { PATH: "/bin:/usr/bin" } });
    await expect.poll(() => isRunning(Number(stdout))).toBe(false);
  });

  it("is stopped when its time is over", async () => {
    await expect(step("while :; do :; done", { timeMs: 100 })).rejects.toMatchObject({
      code: "out_of_time",
      message: "the step took longer than the 0.1 s it may take",
    });
  });

  it("is stopped when it or what it started takes too much memory", async () => {
    const greedy = "const held = []; for (;;) held.push(Buffer.alloc(10_000_000, 1)), Bun.sleepSync(5);";
    const env = { BUN: process.execPath, GREEDY: greedy };
    const running = step('"$BUN" -e "$GREEDY"; exit 0', { env, memoryBytes: 400_000_000 });
    await expect(running).rejects.toMatchObject({ code: "out_of_memory" });
  });

  it("may write as much as it likes, of which the beginning is kept", async () => {
    const { stdout } = await step("/usr/bin/head -c 5000000 /dev/zero");
    expect(stdout.length).toBe(256 * 1024);
  });

  it("that cannot be started says so", async () => {
    await expect(step("", { command: ["/not/there"] })).rejects.toMatchObject({
      code: "failed",
      message: `the step failed: "/not/there" could not be started`,
    });
  });
});

function processNamed(commandLine: string): number | undefined {
  const ids = [...new Bun.Glob("[0-9]*").scanSync({ cwd: "/proc", onlyFiles: false })];
  return ids.map(Number).find((id) => commandLineOf(id) === commandLine);
}

function isRunning(id: number): boolean {
  return commandLineOf(id) !== "";
}

/** Empty of a process that has ended, also when nobody has asked how yet. */
function commandLineOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
