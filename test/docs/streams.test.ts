import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT, copyExample, startFmesh } from "../support/fmesh.ts";

test("docs/services.md: its service of streams counts, measures and doubles", async () => {
  const text = await readFile(join(PROJECT_ROOT, "docs/services.md"), "utf8");
  const script = /## Streams\n\n```ts\n([^`]+)```/.exec(text)?.[1] ?? "";
  const example = await copyExample();
  await writeFile(join(example.folder, "numbers.ts"), script);
  await example.edit((config) =>
    config
      .replace("    services:\n", "    services:\n      numbers: { functions: { default: { rule: allow } } }\n")
      .replace("run: arithmetic.ts", "run: numbers.ts"),
  );
  const mesh = startFmesh(["up", example.folder]);
  try {
    const url = /gateway +(\S+)/.exec(await mesh.until(/Ctrl-C stops/))?.[1];
    const call = async (name: string, body: string, contentType = "application/json"): Promise<string> => {
      const headers = { "Content-Type": contentType, Accept: "application/json" };
      return (await fetch(`${url}/v1/call/my-adder/numbers/${name}`, { method: "POST", body, headers })).text();
    };
    expect(await call("count", '{"to":2}')).toBe('[{"number":1},{"number":2}]');
    expect(await call("size", "x".repeat(500_000), "text/plain")).toBe('{"bytes":500000}');
    expect(await call("doubled", "1\n2\n", "application/x-ndjson")).toBe("[2,4]");
  } finally {
    await mesh.stop();
    await example.remove();
  }
});
