import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { journalMetrics } from "../../functions-service/metrics/prometheus.ts";
import { OPERATIONS } from "../../functions-service/api/operations.ts";
import { PROJECT_ROOT, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";

const document = await readFile(join(PROJECT_ROOT, "docs/functions.md"), "utf8");

function blocks(language: string): string[] {
  return [...document.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

test("docs/functions.md lists every operation, and no other", () => {
  const listed = [...document.matchAll(/^\| `([A-Z]+) (\/api\/[^`?]*)/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  const served = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path.replace("{version}", "{n}")}`);
  expect(listed.sort()).toEqual(served.sort());
});

test("docs/functions.md names every metric, and no other", async () => {
  const journal = { bounds: () => Promise.resolve({ start: 0, end: 0 }), sinks: { status: () => Promise.resolve([]) } };
  const { text } = await journalMetrics(journal);
  const named = (from: string, pattern: RegExp): unknown[] =>
    [...from.matchAll(pattern)].map(([, name = ""]) => name).sort();
  expect(named(document, /^\| `(fmesh_\w+)`/gm)).toEqual(named(text, /^# HELP (\w+)/gm));
});

test("docs/functions.md: its commands answer as it says", async () => {
  const example = await copyExample();
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  await symlink(process.execPath, join(example.folder, "bun"));
  const mesh = startFmesh(["up"], { cwd: example.folder });
  try {
    const address = /gateway +http:\/\/(\S+)/.exec(await mesh.until(/Ctrl-C stops/))?.[1] ?? "";
    const [commands = "", summary = "", stream = ""] = blocks("sh");
    // A stream ends when its reader has had enough.
    const pasted = `${commands}${summary}${stream.trim()} --max-time 2 || test $? = 28`
      .replaceAll("127.0.0.1:4122", address)
      .replaceAll(/^curl /gm, "curl -s -w '\\n' ")
      .replaceAll("$(curl ", "$(curl -s ");
    const shell = startCommand(["bash", "-euc", pasted], {
      cwd: example.folder,
      env: { PATH: `${example.folder}:${process.env["PATH"] ?? ""}` },
    });
    const code = await shell.exited;
    const lines = shell.output().trimEnd().split("\n");
    expect(code, `${pasted}\n${shell.output()}`).toBe(0);
    const answers = lines.slice(0, 7);
    const [created, updated, split, versions, invoked, event, events] = answers.map((line): unknown =>
      JSON.parse(line),
    );
    expect(created).toMatchObject({ label: "greet", version: 1, createdBy: "ada", traffic: { 1: 100 } });
    expect(updated).toMatchObject({ version: 2, traffic: { 1: 100 } });
    expect(split).toMatchObject({ version: 2, traffic: { 1: 90, 2: 10 } });
    expect(versions).toMatchObject([{ version: 2 }]);
    expect(invoked).toMatchObject({ status: 503, code: "worker_unavailable" });
    expect(events).toEqual([event]);
    const summarized = JSON.parse(lines.slice(7).find((line) => line.startsWith('{"since"')) ?? "{}") as unknown;
    expect(summarized).toMatchObject({
      bucketMs: 300_000,
      totals: { total: 1, failed: 1 },
      sources: [{ source: "greet" }],
    });
    const told = lines.slice(7).filter((line) => line.startsWith("data: "));
    expect(told.map((line): unknown => JSON.parse(line.slice(6)))).toMatchObject([
      { type: "dev.functionsmesh.event.started.v1", data: { source: "web-shop" } },
    ]);
  } finally {
    await mesh.stop();
    await example.remove();
  }
});

test("docs/functions.md shows the rule that the example has", async () => {
  const written = parse(await readFile(join(PROJECT_ROOT, "examples/arithmetic/fmesh.yaml"), "utf8")) as {
    projects: { services: Record<string, unknown> }[];
  };
  const [shown = ""] = blocks("yaml");
  expect(parse(shown)).toEqual({ functions: written.projects[0]?.services["functions"] });
});
