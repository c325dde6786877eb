import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";

async function blocks(language: string): Promise<string[]> {
  const text = await readFile(join(PROJECT_ROOT, "docs/http-services.md"), "utf8");
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

test("docs/http-services.md shows examples/shop, and its commands answer as it says", async () => {
  const shown = async (file: string): Promise<string> => readFile(join(PROJECT_ROOT, "examples/shop", file), "utf8");
  expect((await blocks("ts"))[0]).toBe(await shown("shop.ts"));
  expect((await blocks("yaml"))[0]).toBe(await shown("fmesh.yaml"));

  const example = await copyExample("shop");
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  await symlink(process.execPath, join(example.folder, "bun"));
  const mesh = startFmesh(["up"], { cwd: example.folder });
  try {
    const address = /gateway +http:\/\/(\S+)/.exec(await mesh.until(/Ctrl-C stops/))?.[1] ?? "";
    const [commands = ""] = await blocks("sh");
    const pasted = commands.replaceAll("127.0.0.1:4122", address).replaceAll("curl ", "curl -s -w '\\n' ");
    const shell = startCommand(["bash", "-euc", pasted], {
      cwd: example.folder,
      env: { PATH: `${example.folder}:${process.env["PATH"] ?? ""}` },
    });
    const code = await shell.exited;
    const [first, second, third, fourth] = shell.output().split("\n");
    expect([code, first, third, fourth]).toEqual([0, '{"cents":300}', '{"cents":350}', '{"cents":350}']);
    expect(JSON.parse(second ?? "")).toMatchObject({ status: 403, detail: "only staff may do that" });
    expect(shell.output()).toMatch(/\n5 passed, 0 failed\nshop\.fetch: refused: /);
    expect(shell.output()).toContain('args.params.path is "/admin", wanted a path outside of ["/admin"]');
  } finally {
    await mesh.stop();
    await example.remove();
  }
});
