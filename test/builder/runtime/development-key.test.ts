import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { developmentKey } from "../../../builder/runtime/development-key.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-key-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a key is made once, for its user alone, and stays the same", async () => {
  const prefix = join(folder, ".fmesh/signing");
  const first = await developmentKey(prefix);
  const second = await developmentKey(prefix);
  expect([first.wasMade, second.wasMade]).toEqual([true, false]);
  expect(second.signer.publicKey.pem).toBe(first.signer.publicKey.pem);
  expect((await stat(`${prefix}.key`)).mode & 0o777).toBe(0o600);
  expect(await readFile(`${prefix}.pub`, "utf8")).toBe(first.signer.publicKey.pem);
});

test("several that make it at the same time have the same, and leave nothing else behind", async () => {
  const prefix = join(folder, "signing");
  const made = await Promise.all(Array.from({ length: 4 }, () => developmentKey(prefix)));
  expect(new Set(made.map(({ signer }) => signer.publicKey.pem)).size).toBe(1);
  expect(made.filter(({ wasMade }) => wasMade)).toHaveLength(1);
  expect((await readdir(folder)).sort()).toEqual(["signing.key", "signing.pub"]);
});

test("a file that is no key is told, and not overwritten", async () => {
  await writeFile(join(folder, "signing.key"), "my notes", { mode: 0o600 });
  await expect(developmentKey(join(folder, "signing"))).rejects.toThrow(/signing\.key.*no PEM block/);
  expect(await readFile(join(folder, "signing.key"), "utf8")).toBe("my notes");
});
