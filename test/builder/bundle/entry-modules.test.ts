import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundled, fingerprint, source, textOf } from "./bundling.ts";

const PROJECT = join(import.meta.dirname, "../../..");
const HANDLER = source("export default () => 1;");

it("what starts functions is the same wherever its source lies", async () => {
  const folder = await mkdtemp(join(tmpdir(), "entry-"));
  const there = join(folder, "some/where/else");
  for (const name of ["mesh", "client", "worker-service", "package.json", "tsconfig.json"]) {
    await cp(join(PROJECT, name), join(there, name), { recursive: true });
  }
  await symlink(join(PROJECT, "node_modules"), join(there, "node_modules"));
  const [here, elsewhere] = await Promise.all([
    bundled(HANDLER),
    bundled(HANDLER, { entry: join(there, "worker-service/runtime/function-entry.ts") }),
  ]);
  expect(fingerprint(elsewhere)).toEqual(fingerprint(here));
  await rm(folder, { recursive: true, force: true });
});

it("what starts functions holds neither tracing nor a client of brokers elsewhere, which come when they are wanted", async () => {
  const bundle = await bundled(HANDLER);
  const eager = new Set(["entry.js"]);
  for (const path of eager) {
    for (const [, part = ""] of textOf(bundle, path).matchAll(/from\s*"\.\/(entry-\d+\.js)"/g)) eager.add(part);
  }
  const text = [...eager].map((path) => textOf(bundle, path)).join("");
  expect(text).toContain("instance-up");
  for (const name of ["BatchSpanProcessor", "tweetnacl", "NatsConnectionImpl"]) expect(text).not.toContain(name);
  // The least that every function has to parse before it starts.
  expect(text.length).toBeLessThan(150_000);
});
