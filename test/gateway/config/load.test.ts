import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../../gateway/runtime/config-file.ts";
import { env, fileWith, temporaryFolder } from "./watched-file.ts";

test("a file is read with its environment", async () => {
  const path = join(await temporaryFolder(), "fmesh.yaml");
  await writeFile(path, `\uFEFF${fileWith("shop")}`);
  const config = await loadConfig(path, { env });
  expect(config.projects).toEqual([
    { id: "shop", auth: { secrets: ["a secret"] }, services: {}, registration: "token" },
  ]);
});

test("a file that does not exist is told in one line", async () => {
  const path = join(await temporaryFolder(), "fmesh.yaml");
  await expect(loadConfig(path, { env })).rejects.toThrow(`${path}: does not exist; create it, or name another file`);
  await expect(loadConfig(join(path, "below"), { env })).rejects.toThrow("does not exist");
});

test("a folder is told in one line", async () => {
  const path = join(await temporaryFolder(), "fmesh.yaml");
  await mkdir(path);
  await expect(loadConfig(path, { env })).rejects.toThrow(`${path}: is a directory; name the file in it`);
});

test.each([
  ["empty", "", "is empty"],
  ["not text", Uint8Array.of(0xff, 0xfe, 0x00), "is not UTF-8 text"],
  ["too large", " ".repeat(5 * 1024 * 1024 + 1), "is larger than 5242880 bytes"],
])("a file that is %s is told in one line", async (_kind, content, message) => {
  const path = join(await temporaryFolder(), "fmesh.yaml");
  await writeFile(path, content);
  const error: unknown = await loadConfig(path, { env }).catch((reason: unknown) => reason);
  expect(String(error)).toContain(`${path}: ${message}`);
  expect(String(error)).not.toContain("\n");
});
