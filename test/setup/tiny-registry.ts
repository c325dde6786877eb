import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A package to offer. */
export interface TinyPackage {
  readonly name: string;
  readonly version: string;
  /** Files besides package.json, by path; those under `bin/` are executable. */
  readonly files?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package registry on a free loopback port, with just the given packages, so that installs are tested offline. */
export async function startTinyRegistry(packages: readonly TinyPackage[]) {
  const tarballs = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const offered of packages) tarballs.set(offered.name, await tarballOf(offered));

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const path = decodeURIComponent(new URL(url).pathname).slice(1);
      const [name = ""] = path.split("/-/");
      const offered = packages.find((candidate) => candidate.name === name);
      const tarball = tarballs.get(name);
      if (offered === undefined || tarball === undefined) return new Response("not found", { status: 404 });
      if (path !== name) return new Response(tarball);
      const dist = {
        tarball: new URL(`/${name}/-/${offered.version}.tgz`, url).href,
        integrity: `sha512-${new Bun.CryptoHasher("sha512").update(tarball).digest("base64")}`,
      };
      const versions = { [offered.version]: { ...manifestOf(offered), dist } };
      return Response.json({ name, "dist-tags": { latest: offered.version }, versions });
    },
  });
  return { url: server.url.href, stop: () => server.stop(true) };
}

function manifestOf({ name, version, optionalDependencies }: TinyPackage) {
  return { name, version, ...(optionalDependencies !== undefined && { optionalDependencies }) };
}

async function tarballOf(offered: TinyPackage): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-registry-"));
  try {
    const files = { ...offered.files, "package.json": JSON.stringify(manifestOf(offered)) };
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, "package", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { mode: path.startsWith("bin/") ? 0o755 : 0o644 });
    }
    const tar = Bun.spawn(["tar", "-czf", "-", "package"], { cwd: folder, stderr: "inherit" });
    const bytes = await new Response(tar.stdout).bytes();
    if ((await tar.exited) !== 0) throw new Error(`tar could not pack "${offered.name}"`);
    return bytes;
  } finally {
    await rm(folder, { recursive: true });
  }
}
