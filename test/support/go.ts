import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { PROJECT_ROOT } from "./fmesh.ts";

/** Building the standard library takes its time where Debian's package brings it as source only. */
const BUILD_TIMEOUT_MS = 300_000;

/** Debian's Go libraries; nothing is downloaded. */
const ENVIRONMENT = {
  GO111MODULE: "off",
  GOPATH: "/usr/share/gocode",
  GOFLAGS: "",
  GOTOOLCHAIN: "local",
  // Several test files build the same.
  GOCACHE: join(PROJECT_ROOT, "node_modules/.cache/go-build"),
};

/**
 * Go programs for the tests of this file, by the names of their folders in `examples/any-language/go`: checked and
 * built before them, gone after them. Returns the path of a program.
 */
export function useGoPrograms(...names: readonly string[]): (name: string) => string {
  let folder = "";
  const built = (name: string): string => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fmesh-go-"));
    const env = { ...process.env, ...ENVIRONMENT };
    for (const name of names) {
      const source = join(PROJECT_ROOT, "examples/any-language/go", name);
      const unformatted = await run(["gofmt", "-l", source], { cwd: source, env });
      if (unformatted !== "") throw new Error(`run gofmt on ${unformatted}`);
      await run(["go", "vet", "."], { cwd: source, env });
      await run(["go", "build", "-o", built(name), "."], { cwd: source, env });
    }
  }, BUILD_TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return built;
}

async function run(command: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  const child = Bun.spawn(command, { ...options, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`"${command.join(" ")}" failed:\n${output}${errors}`);
  return output.trim();
}
