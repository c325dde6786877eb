import { resolve } from "node:path";
import { MeshError, service } from "functions-mesh";
import { expect, test } from "vitest";
import * as sdk from "../../worker-service/runtime/bun.ts";
import { pinnedBunVersion } from "../../scripts/set-up/bun-binary.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

test("the tests run on the pinned Bun", () => {
  expect(typeof Bun).toBe("object");
  expect(Bun.version).toBe(pinnedBunVersion(ROOT));
});

test("Bun and the types of Bun have the same version", async () => {
  const manifest: unknown = await Bun.file(resolve(ROOT, "package.json")).json();
  expect(manifest).toMatchObject({ devDependencies: { "bun-types": Bun.version } });
});

test("every dependency has an exact version", async () => {
  const { dependencies, devDependencies } = (await Bun.file(resolve(ROOT, "package.json")).json()) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    expect(version).toMatch(/^(npm:.+@)?\d+\.\d+\.\d+(-\S+)?$/);
  }
});

test("the project is importable by its own name, as users import it", () => {
  expect(service).toBe(sdk.service);
  expect(MeshError).toBe(sdk.MeshError);
});
