import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeElf } from "./make-elf.ts";

/** Files of a system, by path: a link is `["→", target]`. */
export type SystemFiles = Readonly<Record<string, Uint8Array | string | readonly ["→", string]>>;

export async function writeSystem(folder: string, files: SystemFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    if (typeof content === "string" || content instanceof Uint8Array) await writeFile(file, content);
    else await symlink(content[1], file);
  }
}

/** A system as Debian has it, with a C library and one more, for a processor. */
export function debianSystem(triplet: string, machine: number): SystemFiles {
  const loader = triplet.startsWith("aarch64") ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
  const lib = `usr/lib/${triplet}`;
  const version = "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n";
  return {
    lib: ["→", "usr/lib"],
    lib64: ["→", "/usr/lib64"],
    [`usr/lib64/${loader}`]: ["→", `/lib/${triplet}/${loader}`],
    [`usr/lib/${loader}`]: ["→", `${triplet}/${loader}`],
    [`${lib}/${loader}`]: makeElf({ machine }),
    [`${lib}/libc.so.6`]: makeElf({ machine, needed: [loader], padding: version }),
    [`${lib}/libresolv.so.2`]: makeElf({ machine, needed: ["libc.so.6"] }),
    [`${lib}/libz.so.1`]: ["→", "libz.so.1.2.13"],
    [`${lib}/libz.so.1.2.13`]: makeElf({ machine, needed: ["libc.so.6"] }),
    [`${lib}/libssl.so.3`]: makeElf({ machine, needed: ["libcrypto.so.3", "libc.so.6"] }),
    [`${lib}/libcrypto.so.3`]: makeElf({ machine, needed: ["libz.so.1", "libc.so.6"] }),
  };
}
