import fc from "fast-check";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BaseError } from "../../../builder/base/base-error.ts";
import { readElf } from "../../../builder/base/elf.ts";
import { temporaryFolder } from "../../setup/temporary-folder.ts";
import { AARCH64, makeElf } from "./make-elf.ts";

test("Bun's own program says what it needs", async () => {
  const elf = await readElf(process.execPath);
  expect(elf?.architecture).toBe(process.arch === "x64" ? "amd64" : process.arch);
  expect(elf?.interpreter).toMatch(/^\/lib.*\/ld-/);
  expect(elf?.needed.some((name) => name.startsWith("libc."))).toBe(true);
});

test("a program for another processor is read as well", async () => {
  const file = join(await temporaryFolder(), "program");
  const facts = { interpreter: "/lib/ld-linux-aarch64.so.1", needed: ["libm.so.6", "libc.so.6"] };
  await writeFile(file, makeElf({ machine: AARCH64, ...facts }));
  expect(await readElf(file)).toEqual({ architecture: "arm64", ...facts });
});

test("a library needs no loader, and may need nothing", async () => {
  const file = join(await temporaryFolder(), "library");
  await writeFile(file, makeElf({}));
  expect(await readElf(file)).toEqual({ architecture: "amd64", interpreter: undefined, needed: [] });
});

test("what is no program is none", async () => {
  const folder = await temporaryFolder();
  const contents = ["#!/bin/sh\n", "", "\u007fELF", "x".repeat(100), makeElf({}).with(4, 1)];
  for (const [index, content] of contents.entries()) {
    await writeFile(join(folder, String(index)), content);
    expect(await readElf(join(folder, String(index)))).toBeUndefined();
  }
});

test("a broken program is told to be broken, in whatever way it is", async () => {
  const file = join(await temporaryFolder(), "program");
  const whole = makeElf({ interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6", "libz.so.1"] });
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(whole.length), async (changes, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, byte] of changes) if (at < length) bytes[at] = byte;
      await writeFile(file, bytes);
      try {
        await readElf(file);
      } catch (error) {
        expect(error).toBeInstanceOf(BaseError);
        expect(error).toMatchObject({ code: "wrong_program" });
      }
    }),
    { numRuns: 500 },
  );
});
