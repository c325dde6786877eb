import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { consoleRoutes } from "../../gateway/console/routes.ts";
import { ConsoleFolder } from "../../gateway/runtime/console-folder.ts";
import { temporaryFolder } from "../setup/temporary-folder.ts";

const PAGE =
  '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script src="/console/assets/main-1.js"></script>';
const SCRIPT = "console.log(1);".repeat(100);

async function built(): Promise<string> {
  const folder = join(await temporaryFolder(), "dist");
  await Bun.write(join(folder, "index.html"), PAGE);
  await Bun.write(join(folder, "assets/main-1.js"), SCRIPT);
  await Bun.write(join(folder, "assets/main-1.js.gz"), Bun.gzipSync(SCRIPT));
  await Bun.write(join(folder, "../secret.txt"), "secret");
  return folder;
}

async function ask(folder: string, path: string, init?: RequestInit): Promise<Response> {
  return await consoleRoutes(new ConsoleFolder(folder)).fetch(new Request(`http://localhost${path}`, init));
}

test("the page may run and ask what is its gateway's own, and has a nonce of its own each time", async () => {
  const folder = await built();
  const pages = await Promise.all([ask(folder, "/console/"), ask(folder, "/console/mesh/arithmetic?since=1h")]);
  const nonces = await Promise.all(
    pages.map(async (page) => {
      expect(page.status).toBe(200);
      expect(page.headers.get("Cache-Control")).toBe("no-store");
      const policy = page.headers.get("Content-Security-Policy") ?? "";
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        expect(policy.split("; ")).toContain(part);
      }
      const [, nonce = ""] = /content="([^"]+)"/.exec(await page.text()) ?? [];
      expect(policy).toContain(`'nonce-${nonce}'`);
      return nonce;
    }),
  );
  expect(new Set(nonces).size).toBe(2);
  expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{24}$/);
});

test("what has a hash in its name is kept for ever, and packed for who takes that", async () => {
  const folder = await built();
  const plain = await ask(folder, "/console/assets/main-1.js");
  expect(plain.headers.get("Content-Type")).toMatch(/^text\/javascript/);
  expect(plain.headers.get("Cache-Control")).toContain("immutable");
  expect(plain.headers.get("Content-Encoding")).toBeNull();
  expect(await plain.text()).toBe(SCRIPT);
  const packed = await ask(folder, "/console/assets/main-1.js", { headers: { "Accept-Encoding": "br, gzip" } });
  expect(packed.headers.get("Content-Encoding")).toBe("gzip");
  expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(SCRIPT);
});

test("an asset that is not there is no page", async () => {
  const answer = await ask(await built(), "/console/assets/main-0.js");
  expect(answer.status).toBe(404);
  expect(await answer.text()).toBe("there is no such file\n");
});

test("nothing outside of the folder is a file of it", async () => {
  const folder = await built();
  await symlink(join(folder, "../secret.txt"), join(folder, "link.txt"));
  const paths = ["..%2fsecret.txt", "%2e%2e/secret.txt", "assets/..%2f..%2fsecret.txt", "link.txt", "a%00b", "assets"];
  for (const path of paths) {
    const text = await (await ask(folder, `/console/${path}`)).text();
    expect({ path, text }).not.toMatchObject({ text: expect.stringContaining("secret") });
  }
});

test("however its path is written, a file is held once", async () => {
  const folder = await built();
  await symlink(join(folder, "assets/main-1.js"), join(folder, "assets/same.js"));
  const files = new ConsoleFolder(folder);
  const file = await files.find("assets/main-1.js");
  expect(file?.type).toMatch(/^text\/javascript/);
  const paths = ["assets//main-1.js", `assets${"/".repeat(300)}main-1.js`, "./assets/main-1.js", "assets/same.js"];
  for (const path of [...paths, "assets/../assets/main-1.js", "x/../assets/main-1.js"]) {
    // The same object, and not another copy of it.
    expect({ path, isHeld: (await files.find(path)) === file }).toEqual({ path, isHeld: true });
  }
});

test("its address without the slash leads to it", async () => {
  const answer = await ask(await built(), "/console");
  expect(answer.status).toBe(308);
  expect(answer.headers.get("Location")).toBe("/console/");
});

test("while it is being built whoever opens it waits; when that fails they are told", async () => {
  const folder = await built();
  const ready = Promise.withResolvers<void>();
  const app = consoleRoutes(new ConsoleFolder(folder, () => ready.promise));
  const waiting = app.fetch(new Request("http://localhost/console/"));
  ready.resolve();
  expect((await waiting).status).toBe(200);

  const failing = consoleRoutes(new ConsoleFolder(folder, () => Promise.reject(new Error("vite is missing"))));
  const answer = await failing.fetch(new Request("http://localhost/console/"));
  expect(answer.status).toBe(503);
  expect(await answer.text()).toBe("vite is missing\n");
});

test("a console that was not built says how to build it", async () => {
  const answer = await ask(join(await temporaryFolder(), "nothing"), "/console/");
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("npm run console:build");
});
