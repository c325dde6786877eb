import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { policySchema } from "../../builder/attest/policy.ts";
import { parseConfig } from "../../gateway/config.ts";
import { BUILD_STEPS } from "../../mesh/build.ts";
import { PROJECT_ROOT, copyExample, startCommand, startFmesh } from "../support/fmesh.ts";

const document = await readFile(join(PROJECT_ROOT, "docs/builder.md"), "utf8");

function firstBlock(language: string): string {
  return new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(document)?.[1] ?? "";
}

test("docs/builder.md: its two minutes end with an image that can be built again", { timeout: 60_000 }, async () => {
  const example = await copyExample();
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  const mesh = startFmesh(["up"], { cwd: example.folder });
  try {
    await mesh.until(/Ctrl-C stops/);
    const shell = startCommand(["bash", "-euc", firstBlock("sh")], {
      cwd: example.folder,
      env: { PATH: `${example.folder}:${process.env["PATH"] ?? ""}` },
    });
    expect([await shell.exited, shell.output()]).toEqual([0, expect.stringMatching(/my-adder\/greet@sha256:/)]);
    expect(mesh.output()).toMatch(/images are signed with a new key, \S+\/\.fmesh\/signing\.key/);
  } finally {
    await mesh.stop();
    await example.remove();
  }
});

test("docs/builder.md: its settings are good ones", () => {
  const text = `projects: [{ id: shop, secret: ${"x".repeat(32)} }]\n${firstBlock("yaml")}`;
  const { warnings } = parseConfig(text, { filename: "fmesh.yaml", env: { NPM_TOKEN: "token" } });
  expect(warnings).toEqual([]);
});

test("docs/builder.md names every rule of a policy, and no other", () => {
  const section = document.slice(document.indexOf("### Policies"), document.indexOf("## Verify"));
  const named = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  const [rules] = policySchema.pipe;
  expect(new Set(named)).toEqual(new Set(Object.keys(rules.entries)));
});

test("docs/functions.md names every step of a build", async () => {
  const functions = await readFile(join(PROJECT_ROOT, "docs/functions.md"), "utf8");
  for (const step of BUILD_STEPS) expect(functions).toContain(`\`${step}\``);
});
