import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { useBuildingExample } from "./building-example.ts";

const example = useBuildingExample();

/** A member of a monorepo, which imports another member and a package of npm. */
async function writeMonorepo(): Promise<void> {
  await example.write({
    "farm/packages/greet/package.json": `{"name":"@farm/greet","main":"main.ts","fmesh":{"runtime":"node"}}`,
    "farm/packages/greet/main.ts": `import { shout } from "@farm/words"; import { mark } from "mark"; export default () => shout("a") + mark;`,
    "farm/packages/words/package.json": `{"name":"@farm/words","private":true,"main":"shout.ts"}`,
    "farm/packages/words/shout.ts": "export const shout = (text: string) => text.toUpperCase();",
    "farm/node_modules/mark/package.json": `{"name":"mark","version":"1.2.3","main":"index.js"}`,
    "farm/node_modules/mark/index.js": `exports.mark = "!";`,
  });
  await mkdir(join(example.folder, "farm/node_modules/@farm"));
  await symlink(join(example.folder, "farm/packages/words"), join(example.folder, "farm/node_modules/@farm/words"));
}

test("a folder becomes a function, and a new version of it only when it has changed", async () => {
  await writeMonorepo();
  const push = () => example.fmesh("functions", "push", "farm/packages/greet");
  const first = await push();
  expect(first.code).toBe(0);
  expect(first.output).toMatch(/^packaged 2 files for node, \d+ bytes: .*main\.ts/m);
  expect(first.output).toContain("../words/shout.ts");
  expect(first.output).toMatch(/^depends on mark@1\.2\.3$/m);
  expect(first.output).toMatch(/^created "greet", version 1 \([\da-f-]{36}\)$/m);
  const stored = await example.json<StoredFunction>("functions", "get", "greet");
  expect(stored).toMatchObject({ runtime: "node", template: "javascript", dependencies: { mark: "1.2.3" } });

  expect((await push()).output).toMatch(/^nothing has changed: "greet" stays at version 1 /m);
  await example.fmesh("functions", "update", "greet", "--description", "Greets");
  expect((await push()).output).toMatch(/^nothing has changed: "greet" stays at version 2 /m);
  await example.write({ "farm/packages/words/shout.ts": "export const shout = (text: string) => text.trim();" });
  expect((await push()).output).toMatch(/^updated "greet", version 3 /m);
  const { description, handler } = await example.json<StoredFunction>("functions", "get", "greet");
  expect([description, handler.includes("trim()")]).toEqual(["Greets", true]);
});

test("it can be built at once, and told as JSON", { timeout: 60_000 }, async () => {
  await example.write({
    "plain/index.ts": `export { one as default } from "./one";`,
    "plain/one.ts": "export const one = () => 1;",
  });
  const { code, output } = await example.fmesh("functions", "push", "plain", "--label", "one", "--build");
  expect([code, output]).toEqual([0, expect.stringMatching(/^oci-layout:\S+\/my-adder\/one@sha256:[0-9a-f]{64}$/m)]);
  const again = await example.json("functions", "push", "plain", "--label", "one", "--build");
  expect(again).toMatchObject({
    state: "unchanged",
    function: { label: "one", version: 1 },
    files: ["index.ts", "one.ts"],
    job: { state: "succeeded" },
  });
});

test("a folder that is no function is told what it lacks", async () => {
  await example.write({ "none/readme.md": "", "wrong/index.ts": "export default () => {\n  =\n};" });
  const none = await example.fmesh("functions", "push", "none");
  expect([none.code, none.output]).toEqual([1, expect.stringContaining("has no handler; looked for handler.ts")]);
  const wrong = await example.fmesh("functions", "push", "wrong");
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/^fmesh: index\.ts:2:3: [^]*2 \| {3}=\n/)]);
  expect(await example.fmesh("functions", "push", "nowhere")).toEqual({
    code: 2,
    output: 'fmesh: there is no folder "nowhere"\n',
  });
  expect(await example.fmesh("functions", "push", "wrong", "--label", "a b")).toMatchObject({ code: 2 });
});
