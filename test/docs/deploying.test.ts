import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DEPLOY_ERROR_CODES } from "../../builder/deployer/deploy-error.ts";
import { parseConfig } from "../../gateway/config.ts";
import { PROJECT_ROOT, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";

const document = await readFile(join(PROJECT_ROOT, "docs/deploying.md"), "utf8");

function blocks(language: string, text = document): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

test("docs/deploying.md: its commands deploy, call, split and end a function", { timeout: 120_000 }, async () => {
  const example = await copyExample();
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  const mesh = startFmesh(["up"], { cwd: example.folder });
  try {
    await mesh.until(/Ctrl-C stops/);
    const shell = startCommand(["bash", "-euc", blocks("sh").join("\n")], {
      cwd: example.folder,
      env: { PATH: `${example.folder}:${process.env["PATH"] ?? ""}` },
    });
    const code = await shell.exited;
    expect([code, shell.output()]).toEqual([0, expect.stringContaining('{"text":"Good day, Ada"}')]);
    expect(shell.output()).toMatch(/1: 90 %, 2: 10 %/);
  } finally {
    await mesh.stop();
    await example.remove();
  }
});

test("docs/knative.md: its settings are good ones", async () => {
  const knative = await readFile(join(PROJECT_ROOT, "docs/knative.md"), "utf8");
  const text = `projects: [{ id: shop, secret: ${"x".repeat(32)} }]\n${blocks("yaml", knative).join("\n")}`;
  const { warnings, deployer } = parseConfig(text, { filename: "fmesh.yaml", env: {} });
  expect([warnings, deployer.home]).toEqual([[], "knative"]);
});

test("docs/deploying.md explains every word for what is in the way of a function", () => {
  const section = document.slice(document.indexOf("## When it does not run"));
  for (const code of DEPLOY_ERROR_CODES.filter((each) => each !== "not_found"))
    expect(section).toContain(`\`${code}\``);
});
