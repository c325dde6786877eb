import { readFile, readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PICTURES } from "../console/screenshots/pictures.ts";
import { PROJECT_ROOT, copyExample, runFmesh, startCommand, startFmesh } from "../support/fmesh.ts";

const MAX_BYTES = 60_000;
const document = await readFile(join(PROJECT_ROOT, "docs/console.md"), "utf8");
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(document)?.[1] ?? `no block of ${language}`;

test("docs/console.md: its command prints a link of that shape, its users are a configuration", async () => {
  const example = await copyExample();
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  const env = {
    PATH: `${example.folder}:${process.env["PATH"] ?? ""}`,
    ADMIN_SECRET: "x".repeat(32),
    ADA_PASSWORD: "lovelace-1815",
    GRACE_PASSWORD: "hopper-1906",
  };
  await example.edit((text) => `${text}\n${block("yaml")}`);
  expect(await runFmesh(["config", "check", example.configFile], { env })).toMatchObject({ code: 0 });
  const mesh = startFmesh(["up", example.folder], { env });
  try {
    await mesh.until(/Ctrl-C stops/);
    const shell = startCommand(["bash", "-euc", block("sh")], { cwd: example.folder, env });
    expect([
      await shell.exited,
      shell
        .output()
        .replace(/:\d+\//, ":4122/")
        .replace(/code=\w+/, "code=…"),
    ]).toEqual([0, block("text")]);
  } finally {
    await mesh.stop();
    await example.remove();
  }
});

test("there is a small picture of every page in both themes, and no other", async () => {
  const folder = join(PROJECT_ROOT, "docs/console");
  const names = PICTURES.flatMap(({ name }) => [`${name}-dark.webp`, `${name}-light.webp`]);
  expect((await readdir(folder)).toSorted()).toEqual(names.toSorted());
  for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(MAX_BYTES);
});

test.each(["README.md", "docs/console.md"])("%s shows pictures that are there", async (file) => {
  const text = await readFile(join(PROJECT_ROOT, file), "utf8");
  const shown = [...text.matchAll(/(?:src|srcset)="([^"]+\.webp)"/g)].map(([, path = ""]) => path);
  expect(shown.length).toBeGreaterThanOrEqual(2);
  for (const path of shown) expect((await stat(join(PROJECT_ROOT, file, "..", path))).isFile()).toBe(true);
});
