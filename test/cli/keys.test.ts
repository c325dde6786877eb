import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readSignerFile } from "../../builder/attest/key-files.ts";
import { temporaryFolder } from "../setup/temporary-folder.ts";
import { runFmesh } from "../support/fmesh.ts";
import { startAtTerminal, withoutCodes } from "../support/terminal.ts";

let folder: string;
let prefix: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  prefix = join(folder, "keys/signing");
});

test("a pair is made with the passphrase of the environment, and never overwritten", async () => {
  const env = { FMESH_SIGNING_PASSPHRASE: "open sesame" };
  const { code, output } = await runFmesh(["keys", "create", prefix, "--json"], { env });
  const made = { privateKey: `${prefix}.key`, publicKey: `${prefix}.pub` };
  const { publicKey } = await readSignerFile(made.privateKey, "open sesame");
  expect([code, JSON.parse(output)]).toEqual([0, { ...made, fingerprint: publicKey.fingerprint }]);
  expect((await stat(made.privateKey)).mode & 0o777).toBe(0o600);
  expect(await readFile(made.publicKey, "utf8")).toBe(publicKey.pem);
  expect(output).not.toContain("sesame");

  const again = await runFmesh(["keys", "create", prefix], { env });
  expect([again.code, again.output]).toEqual([1, expect.stringMatching(/^fmesh: the key ".*signing\.key" cannot be/)]);
});

test("it says how to use them", async () => {
  const { output } = await runFmesh(["keys", "create"], { cwd: folder, env: { FMESH_SIGNING_PASSPHRASE: "" } });
  expect(output).toContain(`builder: { signingKey: "${join(folder, "cosign.key")}" }\n`);
  expect(output).toContain("fmesh functions verify <function> --key cosign.pub\n");
});

test("without a passphrase, and nobody to ask, there is no key", async () => {
  const { code, output } = await runFmesh(["keys", "create", prefix], { env: { FMESH_SIGNING_PASSPHRASE: undefined } });
  expect([code, output]).toEqual([2, expect.stringMatching(/^fmesh: the key needs a passphrase/)]);
});

test("at a terminal it asks twice, and shows nothing of what is typed", async () => {
  const env = { FMESH_SIGNING_PASSPHRASE: undefined };
  const ask = async (...answers: readonly string[]) => {
    const terminal = startAtTerminal(["keys", "create", prefix], { columns: 100, rows: 24, env });
    await terminal.until(/Passphrase of the new key: /);
    terminal.press(`${answers[0]}\r`);
    await terminal.until(/once more: /);
    terminal.press(`${answers[1]}\r`);
    return { code: await terminal.exited, output: withoutCodes(terminal.output()) };
  };
  const differing = await ask("open sesame", "open barley");
  expect([differing.code, differing.output]).toEqual([1, expect.stringContaining("the two passphrases differ")]);
  const same = await ask("open sesame", "open sesame");
  expect([same.code, same.output]).toEqual([0, expect.stringMatching(/private key +.*signing\.key/)]);
  expect(differing.output + same.output).not.toMatch(/sesame|barley/);
  await expect(readSignerFile(`${prefix}.key`, "open sesame")).resolves.toBeDefined();
});
