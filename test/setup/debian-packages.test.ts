import { join } from "node:path";
import { expect, test } from "vitest";
import { type DebianPackage, ensureDebianPackages, suitesThatNeed } from "../../scripts/debian-packages.mjs";
import { temporaryFolder } from "./temporary-folder.ts";

/** A package whose program is in `versions`/15/bin once it is installed. */
async function imaginaryPackage(): Promise<DebianPackage & { readonly versions: string }> {
  const versions = await temporaryFolder();
  return { name: "imaginary", binary: "imaginaryd", versions, support: "imaginary.ts" };
}

const nothingInstalls = (): Promise<string> => Promise.resolve("apt-get failed:\nno such package");

test("a missing package is installed once", async () => {
  const wanted = await imaginaryPackage();
  const said: string[] = [];
  const install = async (names: readonly string[]): Promise<undefined> => {
    said.push(`(installs ${names.join(" ")})`);
    await Bun.write(join(wanted.versions, "15/bin/imaginaryd"), "", { mode: 0o755 });
  };
  const options = { isCi: true, packages: [wanted], say: (line: string) => said.push(line), install };
  expect(await ensureDebianPackages(options)).toEqual([]);
  expect(await ensureDebianPackages(options)).toEqual([]);
  expect(said).toEqual(["installing the Debian packages imaginary for the tests …", "(installs imaginary)"]);
});

test("where it cannot be installed, that is said, and what needs it is left out", async () => {
  const wanted = await imaginaryPackage();
  const said: string[] = [];
  const options = { isCi: false, packages: [wanted], say: (line: string) => said.push(line), install: nothingInstalls };
  expect(await ensureDebianPackages(options)).toEqual([wanted]);
  expect(said[1]).toContain("no such package");
  expect(said[2]).toBe('"imaginary" is missing, so what needs it is left out (Debian: "apt-get install imaginary")');
});

test("on a CI machine a package that stays missing is a failure", async () => {
  const options = { isCi: true, packages: [await imaginaryPackage()], say: () => undefined, install: nothingInstalls };
  await expect(ensureDebianPackages(options)).rejects.toThrow("the tests need imaginary; install them");
});

test("the suites that need a package are those that import its support file", async () => {
  const root = await temporaryFolder();
  const importing = (file: string): string => `import { use } from "../support/${file}";`;
  await Bun.write(join(root, "test/a/with.test.ts"), importing("imaginary.ts"));
  await Bun.write(join(root, "test/a/without.test.ts"), importing("nats.ts"));
  await Bun.write(join(root, "test/a/not-a-suite.ts"), importing("imaginary.ts"));
  expect(suitesThatNeed(await imaginaryPackage(), root)).toEqual(["test/a/with.test.ts"]);
  expect(suitesThatNeed({ name: "x", binary: "x" }, root)).toEqual([]);
});
