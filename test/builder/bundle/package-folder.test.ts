import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuildError } from "../../../builder/bundle/build-error.ts";
import { type PackagedFolder, packageFolder } from "../../../builder/bundle/package-folder.ts";
import { bundled } from "./bundling.ts";
import { startFunction } from "./function-process.ts";
import { startNpmRegistry } from "./npm-registry.ts";

describe("a folder that becomes a function", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fmesh-folder-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  const packed = (folder = ""): Promise<PackagedFolder> =>
    packageFolder(join(root, folder), { bun: process.execPath, temporaryFolder: tmpdir() });
  const refusal = async (folder = ""): Promise<BuildError> => {
    const error = await packed(folder).catch((thrown: unknown) => thrown);
    if (error instanceof BuildError) return error;
    throw new Error("the folder was packed, and should not have been", { cause: error });
  };

  it("is one text with its own files and those of its workspace, and npm packages by installed version", async () => {
    await write({
      "packages/greet/package.json": `{"name":"greet","main":"src/main.ts","fmesh":{"runtime":"node"}}`,
      "packages/greet/src/main.ts": `import { PublicError } from "functions-mesh";
import { greeting } from "./greeting.ts";
import { shout } from "@farm/words/shout";
export default (data: { name?: string }) => {
  if (data.name === undefined) throw new PublicError("who?", { status: 422 });
  return shout(greeting(data.name));
};`,
      "packages/greet/src/greeting.ts": `import { kind } from "tea"; export const greeting = (name: string) => kind + " " + name;`,
      "packages/words/package.json": `{"name":"@farm/words","private":true,"exports":{"./shout":"./shout.ts"}}`,
      "packages/words/shout.ts": `import mark from "@marks/exclamation/plain.js"; export const shout = (text: string) => text.toUpperCase() + mark;`,
      "node_modules/tea/package.json": `{"name":"tea","version":"1.2.3","main":"index.js"}`,
      "node_modules/tea/index.js": `exports.kind = require("leaf");`,
      "node_modules/leaf/package.json": `{"name":"leaf","version":"3.0.0"}`,
      "node_modules/leaf/index.js": `module.exports = "green";`,
      "node_modules/@marks/exclamation/package.json": `{"name":"@marks/exclamation","version":"0.0.1"}`,
      "node_modules/@marks/exclamation/plain.js": `module.exports = "!";`,
    });
    await mkdir(join(root, "node_modules/@farm"));
    await symlink(join(root, "packages/words"), join(root, "node_modules/@farm/words"));

    const packaged = await packed("packages/greet");
    expect(packaged).toMatchObject({
      template: "javascript",
      runtime: "node",
      dependencies: { "@marks/exclamation": "0.0.1", tea: "1.2.3" },
    });
    expect(packaged.files).toEqual(["../words/shout.ts", "src/greeting.ts", "src/main.ts"]);
    expect(packaged.handler).not.toContain(root);
    expect(packaged.handler).toContain("toUpperCase");
    expect(packaged.handler).toContain(`from "tea"`);

    await using registry = startNpmRegistry(
      {
        name: "tea",
        version: "1.2.3",
        manifest: { dependencies: { leaf: "^3.0.0" } },
        files: { "index.js": `exports.kind = require("leaf");` },
      },
      { name: "leaf", version: "3.0.0", files: { "index.js": `module.exports = "green";` } },
      { name: "@marks/exclamation", version: "0.0.1", files: { "plain.js": `module.exports = "!";`, "index.js": "" } },
    );
    await using running = await startFunction(await bundled(packaged, { registry: { url: registry.url } }));
    expect(await (await running.post({ name: "Ada" })).json()).toBe("GREEN ADA!");
    expect((await running.post({})).status).toBe(422);
  });

  it("needs no package.json", async () => {
    await write({
      "handler.ts": `import { one } from "./one"; export default () => one;`,
      "one.ts": "export const one = 1;",
    });
    expect(await packed()).toMatchObject({ template: "javascript", runtime: "bun", dependencies: {} });
    expect((await readdir(root)).toSorted()).toEqual(["handler.ts", "one.ts"]);
  });

  it("may be one file of Python", async () => {
    await write({ "handler.py": "def handler(data): return 1\n" });
    const handler = "def handler(data): return 1\n";
    const files = ["handler.py"];
    expect(await packed()).toEqual({ template: "python", runtime: "python", handler, dependencies: {}, files });
  });

  it("says what it lacks", async () => {
    expect((await refusal()).message).toContain("has no handler; looked for handler.ts, handler.js");
    await write({ "package.json": `{"main":"gone.ts"}` });
    expect((await refusal()).message).toContain(`"gone.ts", which package.json names as main`);
    await write({ "package.json": `{"fmesh":{"runtime":"java"}}` });
    expect((await refusal()).message).toContain("fmesh.runtime");
    await write({ "package.json": "{}", "index.ts": `import { tea } from "tea";\nexport default () => tea;` });
    expect(await refusal()).toMatchObject({ code: "handler_invalid", place: { file: "index.ts", line: 1 } });
    await write({ "index.ts": "export const greet = 1;" });
    expect((await refusal()).message).toContain("no function to call");
  });

  it("cannot depend on what no registry has", async () => {
    await write({
      "index.ts": `import tea from "tea"; export default () => tea;`,
      "node_modules/tea/package.json": `{"name":"tea","version":"1.0.0","private":true}`,
      "node_modules/tea/index.js": "module.exports = 1;",
    });
    expect(await refusal()).toMatchObject({ code: "dependency_invalid" });
  });

  it("is refused when it is larger than a stored handler may be", async () => {
    await write({ "index.ts": `export default () => ${JSON.stringify("x".repeat(1_100_000))};` });
    expect(await refusal()).toMatchObject({ code: "too_large" });
  });
});
