import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findLibraries, type Libraries } from "../../../builder/base/libraries.ts";
import { RootFolder } from "../../../builder/base/root-folder.ts";
import type { Architecture } from "../../../builder/oci.ts";
import { temporaryFolder } from "../../setup/temporary-folder.ts";
import { AARCH64, makeElf, X86_64 } from "./make-elf.ts";
import { debianSystem, type SystemFiles, writeSystem } from "./system-folder.ts";

const AMD64 = { machine: X86_64, triplet: "x86_64-linux-gnu", loader: "/lib64/ld-linux-x86-64.so.2" };
const ARM64 = { machine: AARCH64, triplet: "aarch64-linux-gnu", loader: "/lib/ld-linux-aarch64.so.1" };

test.each([
  ["amd64", AMD64],
  ["arm64", ARM64],
] as const)(
  "on %s, a program gets its loader, the whole C library, and what it needs by way of others",
  async (name, about) => {
    const { machine, triplet, loader } = about;
    const program = makeElf({
      machine,
      interpreter: loader,
      needed: ["libssl.so.3", "libc.so.6", loader.split("/").at(-1) ?? ""],
    });
    const { libc, others } = await find(debianSystem(triplet, machine), program, name);
    expect(paths(libc)).toEqual([loader.slice(1), `lib/${triplet}/libc.so.6`, `lib/${triplet}/libresolv.so.2`].sort());
    expect(paths(others)).toEqual(
      ["libcrypto.so.3", "libssl.so.3", "libz.so.1"].map((file) => `lib/${triplet}/${file}`),
    );
  },
);

test("the files of links are taken, under the name that is asked for", async () => {
  const program = makeElf({ interpreter: AMD64.loader, needed: ["libz.so.1"] });
  const { others } = await find(debianSystem(AMD64.triplet, X86_64), program, "amd64");
  expect(others[0]?.path).toBe("lib/x86_64-linux-gnu/libz.so.1");
  expect(others[0]?.file).toMatch(/\/usr\/lib\/x86_64-linux-gnu\/libz\.so\.1\.2\.13$/);
});

test("a library of the right name for another processor is passed over", async () => {
  const system = {
    ...debianSystem(AMD64.triplet, X86_64),
    "usr/lib/x86_64-linux-gnu/libfoo.so.1": makeElf({ machine: AARCH64 }),
    "usr/lib/libfoo.so.1": makeElf({}),
  };
  const program = makeElf({ interpreter: AMD64.loader, needed: ["libfoo.so.1"] });
  expect(paths((await find(system, program, "amd64")).others)).toEqual(["lib/libfoo.so.1"]);
});

test("on musl the loader is the C library", async () => {
  const system = {
    "lib/ld-musl-x86_64.so.1": makeElf({}),
    "lib/libc.musl-x86_64.so.1": ["→", "ld-musl-x86_64.so.1"],
  } as const;
  const program = makeElf({ interpreter: "/lib/ld-musl-x86_64.so.1", needed: ["libc.musl-x86_64.so.1"] });
  const { libc, others } = await find(system, program, "amd64");
  expect(paths([...libc, ...others])).toEqual(["lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1"]);
});

test("a library that is missing is named, with who needs it", async () => {
  const program = makeElf({ interpreter: AMD64.loader, needed: ["libgone.so.1"] });
  const finding = find(debianSystem(AMD64.triplet, X86_64), program, "amd64");
  await expect(finding).rejects.toMatchObject({ code: "library_missing" });
  await expect(finding).rejects.toThrow(/program" needs "libgone\.so\.1", which is not in "/);
});

test("a missing loader is named as well", async () => {
  const finding = find({}, makeElf({ interpreter: AMD64.loader }), "amd64");
  await expect(finding).rejects.toThrow('needs "/lib64/ld-linux-x86-64.so.2"');
});

test("a program for another processor, or none at all, is refused", async () => {
  for (const program of [makeElf({ machine: AARCH64 }), new TextEncoder().encode("#!/bin/sh\n")]) {
    const finding = find(debianSystem(AMD64.triplet, X86_64), program, "amd64");
    await expect(finding).rejects.toMatchObject({ code: "wrong_program" });
  }
});

test("links of another system do not lead to this one's files", async () => {
  const system = {
    "lib/x86_64-linux-gnu/libout.so.1": ["→", "../../../../../../../../../../etc/passwd"],
    "lib/x86_64-linux-gnu/libround.so.1": ["→", "libround.so.1"],
    "lib64/ld-linux-x86-64.so.2": makeElf({}),
  } as const;
  for (const name of ["libout.so.1", "libround.so.1"]) {
    const program = makeElf({ interpreter: AMD64.loader, needed: [name] });
    await expect(find(system, program, "amd64")).rejects.toMatchObject({ code: "library_missing" });
  }
});

async function find(system: SystemFiles, program: Uint8Array, architecture: Architecture): Promise<Libraries> {
  const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
  await writeSystem(folder, system);
  await writeFile(join(elsewhere, "program"), program);
  return findLibraries(new RootFolder(folder), [join(elsewhere, "program")], architecture);
}

function paths(libraries: Libraries["libc"]): readonly string[] {
  return libraries.map(({ path }) => path).sort();
}
