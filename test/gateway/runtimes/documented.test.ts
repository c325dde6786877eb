import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../support/fmesh.ts";
import { DENO_FLAGS, DENO_VARIABLES } from "./gateway-process.ts";

test("Deno is given by docs/edge.md what it is given by these tests, and nothing else", async () => {
  const text = await Bun.file(join(PROJECT_ROOT, "docs/edge.md")).text();
  const command = /deno run \\\n([\s\S]*?)gateway\/runtime\/deno\.ts/.exec(text)?.[1] ?? "";
  const [flags, permissions] = [false, true].map((isPermission) =>
    [...command.matchAll(/--\S+/g)].map(([flag]) => flag).filter((flag) => flag.startsWith("--allow") === isPermission),
  );
  expect(flags).toEqual(DENO_FLAGS);
  expect(permissions?.map((flag) => flag.replace(/=.*/, "="))).toEqual([
    "--allow-net=",
    "--allow-read=",
    "--allow-env=",
  ]);
  expect(permissions?.[2]).toBe(`--allow-env=${[...DENO_VARIABLES, "SHOP_SECRET"].join(",")}`);
});
