import { readdir, readFile, readlink, lstat } from "node:fs/promises";
import { join } from "node:path";

/** A file as an independent program unpacked it. */
export interface UnpackedFile {
  readonly path: string;
  readonly type: "file" | "folder" | "link";
  readonly mode: number;
  /** Of a file its bytes, of a link its target. */
  readonly content: Uint8Array | string | undefined;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** Programs that read tar archives, by people who never saw ours. */
export const TAR_READERS = ["tar", "bsdtar"] as const;

/** Unpacks an archive, compressed or not, into an empty folder. */
export async function unpackTar(
  reader: (typeof TAR_READERS)[number],
  archive: Uint8Array,
  folder: string,
): Promise<readonly UnpackedFile[]> {
  const options = reader === "tar" ? ["--numeric-owner", "--delay-directory-restore"] : ["--numeric-owner"];
  const compression = archive[0] === 0x1f ? ["--gzip"] : [];
  await runTool([reader, "--extract", "-p", ...options, ...compression, "--file=-", `--directory=${folder}`], archive);
  return filesIn(folder);
}

/** Unpacks an image of a layout into a bundle as runc would get it. */
export async function umociUnpack(layout: string, tag: string, folder: string): Promise<readonly UnpackedFile[]> {
  await runTool(["umoci", "unpack", "--image", `${layout}:${tag}`, folder]);
  return filesIn(join(folder, "rootfs"));
}

/** Runs a program with its input, and answers what it wrote. */
export async function runTool(command: [string, ...string[]], input?: Uint8Array): Promise<string> {
  if (Bun.which(command[0]) === null) {
    const packages = "umoci libarchive-tools";
    throw new Error(`${command[0]} is not installed; run: apt-get install --no-install-recommends ${packages}`);
  }
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" };
  const child = Bun.spawn(command, { env, stdin: input ?? "ignore", stdout: "pipe", stderr: "pipe" });
  const [output = "", problem = ""] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
  );
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${problem.trim()}`);
  return output;
}

async function filesIn(folder: string, under = ""): Promise<readonly UnpackedFile[]> {
  const names = (await readdir(join(folder, under))).sort();
  const found = await Promise.all(
    names.map(async (name): Promise<readonly UnpackedFile[]> => {
      const path = under === "" ? name : `${under}/${name}`;
      const real = join(folder, path);
      const stats = await lstat(real);
      const { uid, gid } = stats;
      const facts = { path, mode: stats.mode & 0o7777, uid, gid, mtime: stats.mtimeMs / 1000 };
      if (stats.isSymbolicLink()) return [{ ...facts, type: "link", content: await readlink(real) }];
      if (stats.isFile()) return [{ ...facts, type: "file", content: new Uint8Array(await readFile(real)) }];
      return [{ ...facts, type: "folder", content: undefined }, ...(await filesIn(folder, path))];
    }),
  );
  return found.flat();
}
