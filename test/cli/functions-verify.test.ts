import { Database } from "bun:sqlite";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { writeKeyPair } from "../../builder/attest/key-files.ts";
import type { VerifiedImage } from "../../cli/builder/verify-built.ts";
import { startNpmRegistry } from "../builder/bundle/npm-registry.ts";
import { runFmesh } from "../support/fmesh.ts";
import { useBuildingExample } from "./building-example.ts";
import { writeArm64 } from "./other-processor.ts";

const OWN = process.arch === "arm64" ? "arm64" : "amd64";
const PASSPHRASE = "open sesame";
const TEA = { name: "tea", version: "1.0.0", files: { "index.js": `exports.kind = "green";` } };

const registry = startNpmRegistry(TEA);
afterAll(() => registry[Symbol.asyncDispose]());
const example = useBuildingExample(
  async (folder) => {
    await writeKeyPair(join(folder, "signing"), PASSPHRASE);
    await writeKeyPair(join(folder, "other"), "");
    // Functions on Bun are for two processors, others for this one.
    await writeArm64(folder);
    const base = ["base", "build", "--arch", `${OWN},arm64`, "--publish", "--tag", "both"];
    const made = await runFmesh([...base, "--npm-package", "arm64=package", "--root", "arm64=system"], { cwd: folder });
    if (made.code !== 0) throw new Error(made.output);
    const bases = `bases: { bun: "functions-mesh/base:both" }`;
    return `builder: { signingKey: signing.key, ${bases}, npm: { registry: "${registry.url}" } }`;
  },
  { FMESH_SIGNING_PASSPHRASE: PASSPHRASE },
);

async function build(label: string, source: string, ...options: string[]): Promise<void> {
  await example.write({ [`${label}.ts`]: source });
  await example.fmesh("functions", "create", label, `${label}.ts`, ...options);
  expect(await example.fmesh("functions", "build", label)).toMatchObject({ code: 0 });
}

describe("an image", { timeout: 60_000 }, () => {
  test("of this builder holds by all rules, and comes out the same again", async () => {
    await build("greet", "export default () => 1;");
    const { code, output } = await example.fmesh("functions", "verify", "greet");
    expect([code, output]).toEqual([0, expect.stringMatching(/\n\nall rules hold\n$/)]);
    const { output: again } = await example.fmesh("functions", "verify", "greet", "1", "--rebuild");
    expect(again).toMatch(/^push +[\d.]+ m?s/m);
    expect(again).toMatch(/@(sha256:\S+)\n[^]*\nrebuilt +\1\n\nall rules hold, and it came out the same\n$/);
  });

  test("is refused for each rule that does not hold, with its reason", async () => {
    await build("judged", "export default () => 2;");
    const other = await example.fmesh("functions", "verify", "judged", "--key", "other.pub");
    expect(other.code).toBe(1);
    for (const rule of ["signedBy", "requireSbom", "requireProvenance"])
      expect(other.output).toMatch(new RegExp(`^${rule}: [^(]*$`, "m"));
    expect(other.output).toMatch(/^not believed: .*no trusted key signed it/m);

    await example.write({ "policy.yaml": `builderIds: ["https://elsewhere.example.com"]\nmaxAgeDays: 1\n` });
    const judged = ["functions", "verify", "judged", "--policy", "policy.yaml", "--key", "signing.pub"];
    expect(await example.json<VerifiedImage>(...judged)).toMatchObject({
      isAllowed: false,
      refusals: [{ rule: "builderIds", reason: expect.stringContaining("elsewhere.example.com") as string }],
      builderIds: [expect.any(String)],
    });
  });

  test("is built again with the packages that it was built with", async () => {
    const source = `import { kind } from "tea"; export default () => kind;`;
    await build("tea", source, "--dependency", "tea=^1.0.0");
    registry.publish({ ...TEA, version: "1.1.0", files: { "index.js": `exports.kind = "black";` } });
    const verified = await example.json<VerifiedImage>("functions", "verify", "tea", "--rebuild");
    expect(verified.rebuilt).toMatchObject({ isSame: true, differences: [] });
  });

  test("in Python comes out the same again", async () => {
    await build("snake", "def handler(data):\n    return 3\n", "--template", "python", "--runtime", "python");
    const verified = await example.json<VerifiedImage>("functions", "verify", "snake", "--rebuild");
    expect(verified.rebuilt).toMatchObject({ isSame: true });
  });

  test("of another source than the stored one is told how it differs", async () => {
    await build("changed", "export default () => 4;");
    using database = new Database(join(example.folder, ".fmesh/functions.db"));
    database.run("update function_versions set handler = 'export default () => 55;' where label = 'changed'");
    const { code, output } = await example.fmesh("functions", "verify", "changed", "--rebuild");
    expect(code).toBe(1);
    expect(output).toMatch(
      /^rebuilt: (?:linux\/\w+: )?layer \d+: ".*function\.js" has size \d+ bytes in the published image, \d+ bytes in the one/m,
    );
  });
});

test("without an image, a key or a policy that can be read nothing is said of it", { timeout: 60_000 }, async () => {
  await build("named", "export default () => 5;");
  const verify = (...args: string[]) => example.fmesh("functions", "verify", "named", ...args);
  expect(await verify("--key", "nowhere.pub")).toMatchObject({ code: 2 });
  await example.write({ "wrong.yaml": "requireEverything: true\n" });
  const { code, output } = await verify("--policy", "wrong.yaml");
  expect([code, output]).toEqual([2, expect.stringMatching(/^fmesh: .*"wrong\.yaml".*requireEverything/)]);
  await example.fmesh("functions", "update", "named", "--timeout", "3");
  expect(await verify("2")).toEqual({
    code: 1,
    output: 'fmesh: no image of version 2 of "named" was built; `fmesh functions build` builds one\n',
  });
});
