import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PROJECT_ROOT, startCommand } from "../support/fmesh.ts";

/** Starting Vitest takes its time on a machine that has other things to do. */
const LONG_MS = 60_000;

/** A project of a user, outside of this one, with functions-mesh linked into it. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-user-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(PROJECT_ROOT, join(folder, "node_modules/functions-mesh"));
  await symlink(join(PROJECT_ROOT, "node_modules/vitest"), join(folder, "node_modules/vitest"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "user", type: "module" }));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The files of a document: its blocks that begin with their name. */
async function writeFilesOf(document: string): Promise<string[]> {
  const text = await readFile(join(PROJECT_ROOT, "docs", document), "utf8");
  const files = [...text.matchAll(/```ts\n\/\/ (\S+)\n([^]*?)```/g)].map(([, name = "", code = ""]) => ({
    name,
    code,
  }));
  for (const { name, code } of files) await writeFile(join(folder, name), code);
  return files.map(({ name }) => name);
}

async function runVitest(): Promise<{ code: number; output: string }> {
  const vitest = startCommand([process.execPath, "--bun", "node_modules/vitest/vitest.mjs", "run"], {
    cwd: folder,
    env: { NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  const code = await vitest.exited;
  return { code, output: vitest.output() };
}

test(
  "docs/testing.md: its files pass in a project of their own",
  async () => {
    expect(await writeFilesOf("testing.md")).toEqual(["shop.ts", "shop.test.ts", "rules.test.ts", "faults.test.ts"]);
    const { code, output } = await runVitest();
    expect(output).toMatch(/Tests .*25 passed/);
    expect(code).toBe(0);
  },
  LONG_MS,
);

test(
  "a test that fails shows what the handler threw and where",
  async () => {
    await writeFile(
      join(folder, "shop.test.ts"),
      `import { test } from "vitest";
     import { service } from "functions-mesh";
     import { testMesh } from "functions-mesh/testing";
     const shop = service("shop", {
       order: () => {
         throw new RangeError("the shelf is empty");
       },
     });
     test("an order", async () => {
       await using mesh = await testMesh({ services: [shop] });
       await mesh.call("shop.order");
     });`,
    );
    const { code, output } = await runVitest();
    expect(code).toBe(1);
    expect(output).toContain("the function failed");
    expect(output).toMatch(/Caused by: RangeError: the shelf is empty/);
    expect(output).toContain("shop.test.ts:6");
  },
  LONG_MS,
);
