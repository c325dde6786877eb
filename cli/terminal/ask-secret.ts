import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks a person at the terminal for what must not be seen. `undefined` at the end of the input. */
export async function askSecret(question: string): Promise<string | undefined> {
  // What is typed is shown by whoever reads it, and this one has nowhere to show it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  prompt.once("close", () => resolve(undefined));
  // Only now does the terminal itself show nothing of what is typed.
  process.stderr.write(question);
  try {
    return await Promise.race([prompt.question(""), ended]);
  } finally {
    prompt.close();
    process.stderr.write("\n");
  }
}
