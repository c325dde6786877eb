import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BundleOptions } from "../../../builder/bundle/options.ts";
import { bundled, fingerprint, refusal, source, textOf } from "./bundling.ts";
import { type NpmRegistry, archivePath, startNpmRegistry } from "./npm-registry.ts";

const TEA = { name: "tea", version: "1.0.0", files: { "index.js": `exports.kind = "green";` } };
const USES_TEA = `import { kind } from "tea"; export default () => kind;`;

describe("the dependencies of a function", () => {
  let registry: NpmRegistry;
  let folder: string;
  let options: Partial<BundleOptions>;
  beforeEach(async () => {
    registry = startNpmRegistry();
    folder = await mkdtemp(join(tmpdir(), "fmesh-bundles-"));
    options = { temporaryFolder: folder, registry: { url: registry.url } };
  });
  afterEach(async () => {
    // Whatever became of the build, nothing of it is left.
    const left = (await readdir(folder)).filter((name) => name.startsWith("fmesh-build-"));
    await registry[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
    if (left.length > 0) throw new Error(`the build left ${left.join(", ")}`);
  });

  it("are in its bundle, and on the list of what is in it, as far as they are used", async () => {
    const leaf = { name: "@farm/leaf", version: "2.1.0", manifest: { license: "MIT" } };
    registry.publish(
      { ...leaf, files: { "index.js": `exports.colour = "green";` } },
      {
        ...TEA,
        manifest: { dependencies: { "@farm/leaf": "^2.0.0" } },
        files: { "index.js": `exports.kind = require("@farm/leaf").colour;` },
      },
      { name: "unused", version: "1.0.0", files: { "index.js": "" } },
    );
    const bundle = await bundled(source(USES_TEA, { dependencies: { tea: "^1.0.0", unused: "1.0.0" } }), options);
    expect(textOf(bundle)).toContain(`exports.colour = "green"`);
    expect(bundle.packages).toEqual([
      { name: "@farm/leaf", version: "2.1.0", integrity: expect.stringMatching(/^sha512-/) as string, license: "MIT" },
      { name: "tea", version: "1.0.0", integrity: expect.stringMatching(/^sha512-/) as string },
    ]);
    const map = JSON.parse(textOf(bundle, "function.js.map")) as {
      sources: string[];
      sourcesContent: (string | null)[];
    };
    const texts = map.sources.map((path, index) => [path.includes("node_modules"), map.sourcesContent[index] === null]);
    expect(texts).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
    expect(bundle.lock).toContain(`"tea@1.0.0", ""`);
    expect(bundle.lock).toContain("unused@1.0.0");
    expect(bundle.lock).not.toContain(registry.url);
  });

  it("are the same again with the lock file of an earlier build", async () => {
    registry.publish(TEA);
    const definition = source(USES_TEA, { dependencies: { tea: "^1.0.0" } });
    const { lock } = await bundled(definition, options);
    registry.publish({ ...TEA, version: "1.1.0", files: { "index.js": `exports.kind = "black";` } });
    expect(textOf(await bundled(definition, { ...options, lock }))).toContain("green");
    expect(textOf(await bundled(definition, options))).toContain("black");
    const other = source(USES_TEA, { dependencies: { tea: "1.1.0" } });
    expect(await refusal(other, { ...options, lock })).toMatchObject({ code: "dependencies_failed" });
  });

  it("make the same bytes, whatever the folder and the cache", async () => {
    const where = `exports.kind = [__dirname, __filename, require.resolve("./index.js")];`;
    registry.publish({ ...TEA, files: { "index.js": where } });
    const definition = source(USES_TEA, { dependencies: { tea: "1.0.0" } });
    const elsewhere = join(folder, "a", "folder with a longer name");
    await mkdir(elsewhere, { recursive: true });
    const [one, other, cached] = [
      await bundled(definition, options),
      await bundled(definition, { ...options, temporaryFolder: elsewhere, cacheFolder: join(folder, "cache") }),
      await bundled(definition, { ...options, cacheFolder: join(folder, "cache") }),
    ];
    expect(fingerprint(other)).toEqual(fingerprint(one));
    expect(fingerprint(cached)).toEqual(fingerprint(one));
    for (const { path } of one.files) expect(textOf(one, path)).not.toContain(folder);
    expect(textOf(one)).toContain(`"/app"`);
  });

  it("are not fetched again while the cache has them", async () => {
    registry.publish(TEA);
    const definition = source(USES_TEA, { dependencies: { tea: "1.0.0" } });
    const cached = { ...options, cacheFolder: join(folder, "cache") };
    for (let round = 0; round < 2; round++) await bundled(definition, cached);
    expect(registry.requests.filter(({ path }) => path.endsWith(".tgz"))).toHaveLength(1);
  });

  it("may be installed by several builds at once, out of one cache", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    registry.publish(
      ...names.map((name) => ({ name, version: "1.0.0", files: { "index.js": `exports.${name} = "${name}";` } })),
    );
    const dependencies = Object.fromEntries(names.map((name) => [name, "1.0.0"]));
    const handler = `${names.map((name) => `import { ${name} } from "${name}";`).join("\n")}\nexport default () => [${names.join()}];`;
    const cached = { ...options, cacheFolder: join(folder, "cache") };
    const builds = await Promise.all(names.slice(0, 4).map(() => bundled(source(handler, { dependencies }), cached)));
    expect(new Set(builds.map((bundle) => JSON.stringify(fingerprint(bundle)))).size).toBe(1);
    expect(builds[0]?.packages.map(({ name }) => name)).toEqual(names);
  });

  it("are asked for with the registry's token, which is nowhere afterwards", async () => {
    registry.publish(TEA);
    const token = "npm_a-secret-token";
    const secret = { ...options, registry: { url: registry.url, token } };
    const bundle = await bundled(source(USES_TEA, { dependencies: { tea: "1.0.0" } }), secret);
    expect(registry.requests.map(({ authorization }) => authorization)).toContain(`Bearer ${token}`);
    expect(JSON.stringify(bundle.lock) + bundle.files.map(({ path }) => textOf(bundle, path)).join("")).not.toContain(
      token,
    );
    const settings = `import text from "./bunfig.toml" with { type: "text" };\nimport "tea";\nexport default () => text;`;
    const curious = await refusal(source(settings, { dependencies: { tea: "1.0.0" } }), secret);
    expect(curious.message).toContain(`"./bunfig.toml" is a file`);
    const error = await refusal(source(USES_TEA, { dependencies: { coffee: "1.0.0" } }), secret);
    expect(`${error.message}${String(error.stack)}`).not.toContain(token);
  });

  it("never run a script", async () => {
    const trace = join(folder, "ran");
    const scripts = Object.fromEntries(
      ["preinstall", "install", "postinstall", "prepare"].map((name) => [name, `touch ${trace}`]),
    );
    registry.publish({ ...TEA, manifest: { scripts, hasInstallScript: true } });
    await bundled(source(USES_TEA, { dependencies: { tea: "1.0.0" } }), options);
    expect(existsSync(trace)).toBe(false);
  });

  it("run nothing as a macro", async () => {
    const trace = join(folder, "ran");
    const macro = `import { writeFileSync } from "node:fs"; export const kind = () => writeFileSync(${JSON.stringify(trace)}, "");`;
    registry.publish({ ...TEA, manifest: { type: "module" }, files: { "index.js": macro } });
    const handler = `import { kind } from "tea" with { type: "macro" };\nexport default () => kind();`;
    const error = await refusal(source(handler, { dependencies: { tea: "1.0.0" } }), options);
    expect(error).toMatchObject({ code: "handler_invalid", place: { file: "handler.ts", line: 2 } });
    expect(error.message).toContain("macros run while a function is built");
    expect(existsSync(trace)).toBe(false);
  });

  it("are named when the registry does not have them", async () => {
    registry.publish(TEA);
    const missing = await refusal(source(USES_TEA, { dependencies: { coffee: "1.0.0" } }), options);
    expect(missing.code).toBe("dependencies_failed");
    expect(missing.message).toContain("coffee");
    const version = await refusal(source(USES_TEA, { dependencies: { tea: "^9.0.0" } }), options);
    expect(version.code).toBe("dependencies_failed");
    expect(version.message).toContain("tea");
  });

  it("cannot say of theirs that they are anywhere but in the registry", async () => {
    const address = new URL(archivePath(TEA), registry.url).href;
    for (const [index, spec] of [
      address,
      "file:/etc",
      "link:/etc",
      "git+https://127.0.0.1:1/tea.git",
      "git+file:///etc",
    ].entries()) {
      const name = `bad-${index}`;
      registry.publish(TEA, {
        name,
        version: "1.0.0",
        manifest: { dependencies: { tea: spec } },
        files: { "index.js": "" },
      });
      const error = await refusal(
        source(`import "${name}"; export default 1;`, { dependencies: { [name]: "1.0.0" } }),
        options,
      );
      expect(["dependency_invalid", "dependencies_failed"]).toContain(error.code);
    }
  });

  it("bring in no file from outside of them", async () => {
    const up = "../".repeat(30);
    registry.publish(
      {
        ...TEA,
        files: { "index.js": `import text from "${up}etc/hostname" with { type: "text" }; export const kind = text;` },
      },
      {
        name: "linked",
        version: "1.0.0",
        files: { "index.js": `import text from "./host.txt" with { type: "text" }; export const kind = text;` },
        links: { "host.txt": "/etc/hostname" },
      },
    );
    const error = await refusal(source(USES_TEA, { dependencies: { tea: "1.0.0" } }), options);
    expect(error.message).toMatch(/^package "tea": ".*etc\/hostname" is a file/);
    const linked = source(USES_TEA.replace("tea", "linked"), { dependencies: { linked: "1.0.0" } });
    expect(await refusal(linked, options)).toMatchObject({ code: "handler_invalid" });
  });

  it("cannot be native addons, or need files beside them", async () => {
    registry.publish(
      { ...TEA, files: { "index.js": `exports.kind = require("./tea.node");`, "tea.node": "\u007fELF" } },
      {
        name: "wasm",
        version: "1.0.0",
        files: { "index.js": `import file from "./leaf.wasm"; export const kind = file;`, "leaf.wasm": "asm" },
      },
    );
    const native = await refusal(source(USES_TEA, { dependencies: { tea: "1.0.0" } }), options);
    expect(native).toMatchObject({ code: "unsupported" });
    expect(native.message).toMatch(/package "tea": .*native addon/);
    const asset = await refusal(source(USES_TEA.replace("tea", "wasm"), { dependencies: { wasm: "1.0.0" } }), options);
    expect(asset).toMatchObject({ code: "unsupported" });
    expect(asset.message).toContain("leaf");
  });

  it("may be 200 MB together; what is more is named", async () => {
    registry.publish(
      { ...TEA, files: { "index.js": "", "leaves.bin": new Uint8Array(201_000_000) } },
      { name: "small", version: "1.0.0", files: { "index.js": "" } },
    );
    const error = await refusal(source(USES_TEA, { dependencies: { tea: "1.0.0", small: "1.0.0" } }), options);
    expect(error).toMatchObject({ code: "too_large" });
    expect(error.message).toMatch(/201\.0 MB, and may be 200\.0 MB; the largest are "tea" 201\.0 MB, "small" 0\.0 MB/);
  });

  it("are given up when the build is, and nothing runs on", async () => {
    registry.publish(TEA);
    const asked = registry.hang();
    const stop = new AbortController();
    const build = bundled(source(USES_TEA, { dependencies: { tea: "1.0.0" } }), options, { signal: stop.signal });
    await asked;
    const [work] = await readdir(folder);
    expect(await processesIn(join(folder, work ?? ""))).toHaveLength(1);
    stop.abort(new Error("no longer wanted"));
    await expect(build).rejects.toThrow("no longer wanted");
    expect(await processesIn(join(folder, work ?? ""))).toEqual([]);
  });

  it("are given up when they take too long", async () => {
    registry.publish(TEA);
    void registry.hang();
    const definition = source(USES_TEA, { dependencies: { tea: "1.0.0" } });
    const error = await refusal(definition, { ...options, limits: { installMs: 300 } });
    expect(error).toMatchObject({ code: "out_of_time" });
    expect(error.message).toBe("installing the dependencies took longer than the 0.3 s it may take");
  });
});

/** Ids of the processes that work in a folder. */
async function processesIn(folder: string): Promise<readonly string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(ids.map(async (id) => [id, await currentFolder(id)] as const));
  return folders.filter(([, at]) => at === folder).map(([id]) => id);
}

async function currentFolder(id: string): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${id}/cwd`);
  } catch {
    return undefined; // it has ended
  }
}
