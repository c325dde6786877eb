import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findDownloadUrls } from "../../scripts/lockfile-layout.ts";
import { lockfileProblem, withoutDownloadUrls } from "../../scripts/lockfile.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { startTinyRegistry } from "./tiny-registry.ts";

const LOCKFILE = resolve(import.meta.dirname, "../../bun.lockb");

/** A project with two dependencies, installed from a registry of its own. */
async function installedProject() {
  const registry = await startTinyRegistry([
    { name: "first-dependency", version: "1.2.3", files: { "index.js": "" } },
    { name: "second-dependency", version: "4.5.6-a-rather-long-prerelease.1", files: { "index.js": "" } },
  ]);
  onTestFinished(() => registry.stop());
  const folder = await temporaryFolder();
  const dependencies = { "first-dependency": "1.2.3", "second-dependency": "4.5.6-a-rather-long-prerelease.1" };
  await Bun.write(join(folder, "package.json"), JSON.stringify({ name: "lockfile-test", dependencies }));
  await Bun.write(join(folder, "bunfig.toml"), "[install]\nsaveTextLockfile = false\n");
  const install = async (cache: string, ...flags: string[]): Promise<string> => {
    const child = Bun.spawn([process.execPath, "install", ...flags], {
      cwd: folder,
      env: { ...process.env, BUN_CONFIG_REGISTRY: registry.url, BUN_INSTALL_CACHE_DIR: join(folder, cache) },
      stderr: "pipe",
    });
    const errors = await new Response(child.stderr).text();
    return (await child.exited) === 0 ? "installed" : errors;
  };
  expect(await install("cache")).toBe("installed");
  return { folder, lockfile: Bun.file(join(folder, "bun.lockb")), install, registry };
}

test("the project's lockfile stores no download URL", async () => {
  expect(lockfileProblem(await Bun.file(LOCKFILE).bytes())).toBeUndefined();
});

test("a fresh lockfile stores one URL per package, which is a problem", async () => {
  const { lockfile, registry } = await installedProject();
  const file = await lockfile.bytes();
  const urls = findDownloadUrls(file).map(({ text }) => new TextDecoder().decode(file.slice(text.start, text.end)));
  expect(urls).toHaveLength(2);
  for (const url of urls) expect(url).toContain(registry.url);
  expect(lockfileProblem(file)).toContain("stores 2 download URLs");
});

test("a cleaned lockfile installs with an empty cache and stays as it is", async () => {
  const { folder, lockfile, install } = await installedProject();
  const clean = withoutDownloadUrls(await lockfile.bytes());
  expect(lockfileProblem(clean)).toBeUndefined();
  expect(withoutDownloadUrls(clean)).toEqual(clean);
  await Bun.write(lockfile, clean);
  await Bun.$`rm -r node_modules`.cwd(folder);

  expect(await install("another-cache", "--frozen-lockfile")).toBe("installed");
  expect(await Bun.file(join(folder, "node_modules/first-dependency/package.json")).json()).toMatchObject({
    version: "1.2.3",
  });
  expect(await lockfile.bytes()).toEqual(clean);
});

test("a lockfile of another format is refused", async () => {
  const file = await Bun.file(LOCKFILE).bytes();
  expect(() => withoutDownloadUrls(file.slice(1))).toThrow("the header differs");
  expect(() => withoutDownloadUrls(file.with(42, 9))).toThrow("format 9 instead of 3");
  expect(() => withoutDownloadUrls(file.slice(0, 2000))).toThrow("is not laid out as expected");
});
