import { createInterface } from "node:readline/promises";

/** Asks a person at the terminal. Whatever is not yes is no, and so is the end of the input. */
export async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  prompt.once("close", () => resolve(""));
  try {
    const answer = await Promise.race([prompt.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
