import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BuiltConsole, buildConsole } from "./built-console.ts";

/** What may be fetched before the first page is shown, in bytes of gzip. */
const MAX_INITIAL_BYTES = 300 * 1024;

let built: BuiltConsole;
beforeAll(async () => {
  built = await buildConsole("production");
}, 120_000);
afterAll(() => built.remove());

const read = (path: string): Promise<string> => readFile(join(built.folder, path), "utf8");

/** The files that the page names, and those their modules name: all that is fetched at once. */
async function initialFiles(): Promise<string[]> {
  const html = await read("index.html");
  const found = [...html.matchAll(/(?:src|href)="\/console\/([^"]+)"/g)].map(([, path = ""]) => path);
  for (const path of found) {
    if (!path.endsWith(".js")) continue;
    const code = await read(path);
    const imported = [...code.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)].map(
      ([, name]) => `assets/${name}`,
    );
    found.push(...imported.filter((name) => !found.includes(name)));
  }
  return found;
}

describe("the console as it is built", () => {
  test("is shown after at most 300 KB", async () => {
    const files = ["index.html", ...(await initialFiles())];
    const sizes = await Promise.all(
      files.map(async (path) => gzipSync(await readFile(join(built.folder, path))).length),
    );
    expect(files.some((path) => path.endsWith(".js"))).toBe(true);
    expect(files.some((path) => path.endsWith(".css"))).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_INITIAL_BYTES);
  });

  test("fetches editors, charts and TypeScript only where they are shown", async () => {
    const files = await initialFiles();
    const code = (await Promise.all(files.filter((path) => path.endsWith(".js")).map(read))).join("\n");
    expect(code).not.toContain("cm-editor");
    expect(code).not.toContain("u-cursor");
    expect(code).not.toContain("createLanguageService");
  });

  test("names no other origin that it would fetch from", async () => {
    const names = await readdir(built.folder, { recursive: true });
    const html = await read("index.html");
    expect(html).not.toMatch(/(?:src|href)="(?!\/console\/)/);
    for (const name of names.filter((each) => /\.(js|css)$/.test(each))) {
      const text = await read(name);
      expect([
        name,
        text.match(/(?:url\(|@import|import\(|from|fetch\(|new Worker\()\s*["'`]?(?:https?:)?\/\/[^"'`)]*/),
      ]).toEqual([name, null]);
    }
  });

  test("holds no inline script, no inline style, and a place for the nonce", async () => {
    const html = await read("index.html");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=/);
    expect(html).toContain('<meta name="csp-nonce" content="__CSP_NONCE__"');
  });

  test("has a compressed copy beside whatever is worth it", async () => {
    const names = await readdir(built.folder, { recursive: true });
    const main = names.find((name) => /assets\/index-.*\.js$/.test(name));
    expect(main).toBeDefined();
    expect(names).toContain(`${main}.gz`);
    expect(names).not.toContain("index.html.gz");
  });

  test("leaves the gallery of components out", async () => {
    const names = await readdir(built.folder, { recursive: true });
    expect(names.filter((name) => name.includes("gallery"))).toEqual([]);
  });
});
