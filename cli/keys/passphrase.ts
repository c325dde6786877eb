import { PASSPHRASE_VARIABLE } from "../builder/open-builder.ts";
import { Failure, USAGE } from "../failure.ts";
import { askSecret } from "../terminal/ask-secret.ts";

/**
 * The passphrase of a new key: from the environment, where it may be empty, or asked for twice.
 * @throws Failure where it is neither given nor can be asked for.
 */
export async function newPassphrase(): Promise<string> {
  const given = process.env[PASSPHRASE_VARIABLE];
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    const text = `the key needs a passphrase: give it in ${PASSPHRASE_VARIABLE}, or ask at a terminal`;
    throw new Failure(text, { exitCode: USAGE });
  }
  const first = await askSecret("Passphrase of the new key: ");
  if (first === undefined || first === "") throw new Failure("no key was made: it needs a passphrase");
  if ((await askSecret("The same once more: ")) !== first) {
    throw new Failure("no key was made: the two passphrases differ");
  }
  return first;
}
