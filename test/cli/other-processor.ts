import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AARCH64, makeElf } from "../builder/base/make-elf.ts";
import { debianSystem, writeSystem } from "../builder/base/system-folder.ts";

/** What a base for arm64 is made of, as far as it is looked at: npm's package of Bun in `package`, and a system in `system`. */
export async function writeArm64(folder: string): Promise<void> {
  const program = makeElf({ machine: AARCH64, interpreter: "/lib/ld-linux-aarch64.so.1", needed: ["libc.so.6"] });
  await mkdir(join(folder, "package/bin"), { recursive: true });
  await writeFile(join(folder, "package/package.json"), `{"name":"@oven/bun-linux-aarch64","version":"1.4.5"}`);
  await writeFile(join(folder, "package/bin/bun"), program);
  await writeSystem(join(folder, "system"), debianSystem("aarch64-linux-gnu", AARCH64));
}
