import type { Architecture } from "../oci.ts";
import { BaseError } from "./base-error.ts";
import { readElf } from "./elf.ts";
import type { RootFolder } from "./root-folder.ts";

/** A shared library, or the loader of them. */
export interface Library {
  /** Where it is in the image, without the first `/`. */
  readonly path: string;
  /** Where it is on this machine. */
  readonly file: string;
}

/** What programs need besides themselves. */
export interface Libraries {
  /** The C library's files and the loader. They are the same for each runtime of a system. */
  readonly libc: readonly Library[];
  /** All others. */
  readonly others: readonly Library[];
}

/** Debian's names of the folders for a processor; others use `lib64` or `lib`. */
const TRIPLETS: Readonly<Record<Architecture, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/**
 * What glibc consists of, as far as programs need it: taken whole, so that the layer does not depend on the runtime. The last
 * three are loaded by the resolver of host names only, so that no program names them.
 */
const GLIBC = [
  "libc.so.6",
  "libm.so.6",
  "libpthread.so.0",
  "libdl.so.2",
  "librt.so.1",
  "libutil.so.1",
  "libresolv.so.2",
  "libnss_dns.so.2",
  "libnss_files.so.2",
];

/**
 * Finds the loader and all shared libraries that programs need, and that these need, by reading the files themselves: nothing
 * is run, so the programs may be for another processor.
 * @throws BaseError `library_missing`, `wrong_program`
 */
export async function findLibraries(
  root: RootFolder,
  programs: readonly string[],
  architecture: Architecture,
): Promise<Libraries> {
  const search = new Search(root, architecture);
  for (const program of programs) await search.addNeedsOf(program);
  return search.finish();
}

class Search {
  readonly #root: RootFolder;
  readonly #architecture: Architecture;
  readonly #folders: readonly string[];
  /** By name. */
  readonly #found = new Map<string, Library>();
  readonly #loaders = new Map<string, Library>();

  constructor(root: RootFolder, architecture: Architecture) {
    const triplet = TRIPLETS[architecture];
    this.#root = root;
    this.#architecture = architecture;
    this.#folders = [`lib/${triplet}`, `usr/lib/${triplet}`, "lib64", "usr/lib64", "lib", "usr/lib"];
  }

  async addNeedsOf(file: string): Promise<void> {
    const elf = await readElf(file);
    if (elf?.architecture !== this.#architecture) {
      const problem = `"${file}" is no program for Linux on ${this.#architecture}`;
      throw new BaseError("wrong_program", `${problem}; name one that is, or another architecture`);
    }
    if (elf.interpreter !== undefined) await this.#addLoader(elf.interpreter, file);
    for (const name of elf.needed) await this.#add(name, file);
  }

  async finish(): Promise<Libraries> {
    // Only where there is a glibc at all: musl is one file, and the loader at the same time.
    if (this.#found.has("libc.so.6")) {
      for (const name of GLIBC) await this.#add(name, undefined);
    }
    const libraries = [...this.#found];
    return {
      libc: [...this.#loaders.values(), ...libraries.filter(([name]) => GLIBC.includes(name)).map(second)],
      others: libraries.filter(([name]) => !GLIBC.includes(name)).map(second),
    };
  }

  async #addLoader(interpreter: string, wantedBy: string): Promise<void> {
    const path = interpreter.replace(/^\/+/, "");
    if (this.#loaders.has(path)) return;
    const file = await this.#root.find(path);
    if (file === undefined) throw this.#missing(interpreter, wantedBy);
    this.#loaders.set(path, { path, file });
  }

  async #add(name: string, wantedBy: string | undefined): Promise<void> {
    const isLoader = [...this.#loaders.keys()].some((path) => path.endsWith(`/${name}`));
    if (isLoader || this.#found.has(name)) return;
    const library = await this.#findLibrary(name);
    if (library === undefined) {
      if (wantedBy === undefined) return;
      throw this.#missing(name, wantedBy);
    }
    this.#found.set(name, library);
    await this.addNeedsOf(library.file);
  }

  /** As the loader does it: what has the right name and is for another processor is passed over. */
  async #findLibrary(name: string): Promise<Library | undefined> {
    for (const folder of this.#folders) {
      const file = await this.#root.find(`${folder}/${name}`);
      if (file !== undefined && (await this.#isRight(file))) return { path: `${folder}/${name}`, file };
    }
    return undefined;
  }

  async #isRight(file: string): Promise<boolean> {
    return (await readElf(file))?.architecture === this.#architecture;
  }

  #missing(name: string, wantedBy: string): BaseError {
    const problem = `"${wantedBy}" needs "${name}", which is not in "${this.#root.folder}"`;
    return new BaseError(
      "library_missing",
      `${problem}; install it there, or name a folder that holds the system's libraries for ${this.#architecture}`,
    );
  }
}

function second<T>([, value]: readonly [string, T]): T {
  return value;
}
