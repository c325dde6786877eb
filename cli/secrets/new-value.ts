import { Failure, USAGE } from "../failure.ts";
import { askSecret } from "../terminal/ask-secret.ts";

/** As much as a cluster keeps. */
const MAX_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The value of a secret: from the standard input, or asked for at the terminal. Never from the command line, which others can see.
 * A line break at its end is not part of it.
 * @throws Failure when there is none, or it cannot be a variable.
 */
export async function newValue(reference: string): Promise<Uint8Array> {
  const value = process.stdin.isTTY ? await asked(reference) : withoutBreak(await Bun.stdin.bytes());
  if (value.length === 0)
    throw new Failure(`no value was given for "${reference}"; nothing was kept`, { exitCode: USAGE });
  if (value.includes(0)) throw new Failure(`the value of "${reference}" holds a zero byte; no variable can`);
  if (value.length > MAX_BYTES) throw new Failure(`the value of "${reference}" is larger than 1 MiB`);
  return value;
}

async function asked(reference: string): Promise<Uint8Array> {
  return new TextEncoder().encode((await askSecret(`Value of ${reference}: `)) ?? "");
}

function withoutBreak(value: Uint8Array): Uint8Array {
  if (value.at(-1) !== LINE_FEED) return value;
  return value.subarray(0, value.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
