import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BaseDocument } from "../../cli/builder/build-bases.ts";
import { AARCH64, makeElf } from "../builder/base/make-elf.ts";
import { makeDeb } from "../support/debs.ts";
import { useDockerRegistry } from "../support/docker-registry.ts";
import { type ExampleFolder, copyExample, runFmesh } from "../support/fmesh.ts";
import { writeArm64 } from "./other-processor.ts";

const OWN = process.arch === "arm64" ? "arm64" : "amd64";
const OTHER = OWN === "amd64" ? "arm64" : "amd64";

const dockerRegistry = useDockerRegistry();
let example: ExampleFolder;

beforeEach(async () => {
  example = await copyExample();
});

afterEach(() => example.remove());

function base(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh(["base", ...args, "--config", example.configFile], { cwd: example.folder });
}

test("the machine's own base is made once, published once, and listed", { timeout: 60_000 }, async () => {
  expect((await base("list")).output).toMatch(/^no base is published; /);
  const first = await base("build");
  expect([first.code, first.output]).toEqual([
    0,
    expect.stringMatching(
      /^\w+: bun 1\.4\.5, glibc 2\.\d+; 3 layers, [\d.]+ MB; made in [\d.]+ m?s\nsha256:[0-9a-f]{64}\n$/,
    ),
  ]);
  const [, digest = ""] = /(sha256:\S+)/.exec(first.output) ?? [];
  expect((await base("list", "--json")).output).toBe("[]\n");

  const published = await base("build", "--publish");
  expect(published.output).toContain("it was made before");
  expect(published.output).toMatch(new RegExp(`^oci-layout:.*/\\.fmesh/images/functions-mesh/base@${digest}$`, "m"));
  expect(published.output).toMatch(/builder: \{ bases: \{ bun: "functions-mesh\/base:bun-1\.4\.5-[0-9a-f]{12}" \} \}/);
  expect((await base("build", "--publish")).output).toContain("published (it was there already)");
  const { output } = await base("list", "--json");
  expect(JSON.parse(output)).toMatchObject([{ architecture: OWN, digest }]);
});

test("it may go to a registry of others", async () => {
  const { url, host } = dockerRegistry.server;
  await example.edit((text) => `${text}builder: { registry: "${url}/functions" }\n`);
  const { code, output } = await base("build", "--runtime", "python", "--publish");
  expect([code, output]).toEqual([0, expect.stringContaining(`\n${host}/functions/functions-mesh/base@sha256:`)]);
  expect((await base("list")).output).toMatch(/^python-3\.\d+\.\d+-[0-9a-f]{12} +\w+ +glibc .* MB +sha256:/m);
  await example.edit((text) => text.replace(url, "http://127.0.0.1:1"));
  expect(await base("list")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: .*127\.0\.0\.1:1/) as string,
  });
});

test("with another processor's runtime and C library it is for both", { timeout: 60_000 }, async () => {
  await writeArm64(example.folder);
  const args = ["build", "--arch", `${OWN},arm64`, "--tag", "both", "--publish", "--json"];
  const sources = ["--npm-package", "arm64=package", "--root", "arm64=system"];
  const { code, output } = await base(...args, ...sources);
  expect([code, output]).toEqual([0, expect.stringMatching(/^\{/)]);
  const document = JSON.parse(output) as BaseDocument;
  expect(document).toMatchObject({ tag: "both", reference: expect.stringMatching(/@sha256:/) as string });
  expect(new Set(document.architectures.map(({ architecture }) => architecture))).toEqual(new Set([OWN, "arm64"]));
  expect((await base("list")).output).toMatch(/^both +arm64 +bun 1\.4\.5, glibc 2\.36 /m);
});

test.each([
  ["of Debian 12", ""],
  ["of Debian 13", "usr/"],
])("a C library may be a package %s", async (_, usr) => {
  const [loader, library] = [`${usr}lib/ld-linux-aarch64.so.1`, `${usr}lib/aarch64-linux-gnu/libc.so.6`];
  const deb = await makeDeb(join(example.folder, "libc"), {
    [loader]: makeElf({ machine: AARCH64 }),
    [library]: makeElf({ machine: AARCH64, needed: ["ld-linux-aarch64.so.1"] }),
  });
  await writeArm64(example.folder);
  const sources = ["--npm-package", "package", "--libc", deb];
  const { code, output } = await base("build", "--arch", "arm64", ...sources);
  expect([code, output]).toEqual([0, expect.stringMatching(/^arm64: bun 1\.4\.5; 3 layers/)]);
});

test("what is missing, or not clear, is wrong usage; what cannot be made is not", async () => {
  expect(await base("build", "--arch", OTHER)).toMatchObject({
    code: 2,
    output: expect.stringMatching(/^fmesh: a base for \w+ needs the package with the runtime.*--libc.*@oven/) as string,
  });
  for (const args of [
    ["--arch", "s390x"],
    ["--arch", "amd64,arm64", "--root", "system"],
    ["--npm-package", `${OTHER}=package`],
    ["--root", "system", "--libc", "libc.deb"],
    ["--root", "system", "--root", "other"],
    ["--runtime", "cobol"],
  ]) {
    expect(await base("build", ...args)).toMatchObject({ code: 2 });
  }
  expect(await base("build", "--npm-package", "nowhere")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: ".*nowhere\/package\.json" cannot be read/) as string,
  });
});
