import { createHash } from "node:crypto";

/** A package as somebody published it. */
export interface Published {
  readonly name: string;
  readonly version: string;
  /** Members of its package.json besides name and version. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Contents by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Where symbolic links point to, by path. */
  readonly links?: Readonly<Record<string, string>>;
}

/** A package registry on loopback. */
export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
  /** What was asked for, and the authorization that came along. */
  readonly requests: readonly { readonly path: string; readonly authorization: string | null }[];
  publish(...packages: readonly Published[]): void;
  /** From here on it takes requests and does not answer; resolves at the next one. */
  hang(): Promise<void>;
}

/** Starts a registry. Whoever starts it stops it. */
export function startNpmRegistry(...packages: readonly Published[]): NpmRegistry {
  const published: Published[] = [...packages];
  const archives = new Map<string, Uint8Array<ArrayBuffer>>();
  const requests: { path: string; authorization: string | null }[] = [];
  let hanging: PromiseWithResolvers<void> | undefined;
  const archive = (of: Published): Uint8Array<ArrayBuffer> => {
    const key = archivePath(of);
    const known = archives.get(key) ?? tarball(of);
    archives.set(key, known);
    return known;
  };
  const server: Bun.Server<undefined> = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request): Promise<Response> {
      const { pathname } = new URL(request.url);
      const path = decodeURIComponent(pathname.slice(1));
      requests.push({ path, authorization: request.headers.get("authorization") });
      if (hanging !== undefined) {
        hanging.resolve();
        await new Promise(() => undefined);
      }
      const asked = published.find((each) => path === archivePath(each));
      if (asked !== undefined) return new Response(archive(asked));
      const versions = published.filter(({ name }) => name === path);
      if (versions.length === 0) return Response.json({ error: "not found" }, { status: 404 });
      return Response.json({
        name: path,
        "dist-tags": { latest: versions.at(-1)?.version },
        versions: Object.fromEntries(
          versions.map((each) => [
            each.version,
            { ...manifestOf(each), dist: distOf(each, server.url, archive(each)) },
          ]),
        ),
      });
    },
  });
  return {
    url: server.url.href,
    requests,
    publish: (...more) => void published.push(...more),
    hang() {
      hanging = Promise.withResolvers();
      return hanging.promise;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

function manifestOf({ name, version, manifest }: Published): Record<string, unknown> {
  return { name, version, main: "index.js", ...manifest };
}

function distOf(of: Published, url: URL, bytes: Uint8Array): object {
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  return { tarball: new URL(archivePath(of), url).href, integrity };
}

/** Where every registry has it. */
export function archivePath({ name, version }: Pick<Published, "name" | "version">): string {
  return `${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
}

function tarball(of: Published): Uint8Array<ArrayBuffer> {
  const { files = {}, links = {} } = of;
  const all = { "package.json": JSON.stringify(manifestOf(of)), ...files };
  const blocks = [
    ...Object.entries(all).flatMap(([path, content]) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return [header(path, { bytes: bytes.length }), bytes, new Uint8Array((512 - (bytes.length % 512)) % 512)];
    }),
    ...Object.entries(links).map(([path, link]) => header(path, { bytes: 0, link })),
    new Uint8Array(1024),
  ];
  return Bun.gzipSync(Buffer.concat(blocks), { level: 1 });
}

function header(path: string, { bytes, link }: { bytes: number; link?: string }): Uint8Array {
  const block = Buffer.alloc(512);
  block.write(`package/${path}`, 0);
  block.write("0000644\0".concat("0000000\0", "0000000\0"), 100);
  block.write(`${bytes.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0`, 124);
  block.write(" ".repeat(8), 148);
  block.write(link === undefined ? "0" : "2", 156);
  block.write(link ?? "", 157);
  block.write("ustar\0".concat("00"), 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
