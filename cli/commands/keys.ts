import { mkdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { printFacts, printJson, printLines } from "../api/print.ts";
import { explained } from "../builder/explained.ts";
import { PASSPHRASE_VARIABLE } from "../builder/open-builder.ts";
import { Failure } from "../failure.ts";
import { newPassphrase } from "../keys/passphrase.ts";

/** `fmesh keys`: what images are signed with. */
export function keysCommand(): Command {
  return new Command("keys")
    .summary("make the keys that images are signed with")
    .description("Makes keys that a builder signs images with, and others verify them by: the same files as cosign's.")
    .addHelpText(
      "after",
      `
Example:
  fmesh keys create

Exit codes: 0 made; 1 not made; 2 wrong usage.`,
    )
    .addCommand(createCommand());
}

function createCommand(): Command {
  return new Command("create")
    .summary("make a pair of keys")
    .description(
      "Writes <prefix>.key, sealed with a passphrase and readable by you alone, and <prefix>.pub. No key is ever overwritten.\n" +
        `The passphrase is taken from ${PASSPHRASE_VARIABLE}, or asked for at a terminal.`,
    )
    .argument("[prefix]", "path of the two files, without their ends", "cosign")
    .option("--json", "print where they are as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh keys create
  ${PASSPHRASE_VARIABLE}="$(pass show fmesh)" fmesh keys create /etc/fmesh/signing --json

Exit codes: 0 made; 1 not made, and nothing was overwritten; 2 wrong usage, or no passphrase.`,
    )
    .action(create);
}

async function create(given: string, { json }: { readonly json?: true }): Promise<void> {
  const prefix = resolve(given);
  const passphrase = await newPassphrase();
  // Other commands start without it.
  const { writeKeyPair } = await import("../../builder/attest/key-files.ts");
  const { readPublicKey } = await import("../../builder/attest/public-key.ts");
  await makeFolder(dirname(prefix));
  const files = await explained(() => writeKeyPair(prefix, passphrase));
  const { fingerprint } = readPublicKey(await readFile(files.publicKey, "utf8"));
  if (json === true) {
    printJson({ ...files, fingerprint });
    return;
  }
  printFacts({ "private key": files.privateKey, "public key": files.publicKey, fingerprint });
  const sealed = passphrase === "" ? "" : `, and the passphrase in ${PASSPHRASE_VARIABLE}`;
  printLines([
    "",
    `Have a builder sign with it: builder: { signingKey: ${JSON.stringify(files.privateKey)} }${sealed}`,
    `Verify what it signed:       fmesh functions verify <function> --key ${given}.pub`,
    `                             cosign verify --key ${given}.pub --insecure-ignore-tlog <image>`,
  ]);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`there is no place for the keys: ${reason}`, { cause });
  }
}
