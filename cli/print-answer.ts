import { ITEMS_TYPE, LineReader } from "../mesh/items.ts";
import { mediaType } from "../mesh/payload.ts";
import { Failure } from "./failure.ts";
import { problemText, readable } from "./gateway-access.ts";

/** Prints what a call was answered; a refusal goes to the standard error, and this process is going to end with 1. */
export async function printAnswer(response: Response, { json }: { readonly json?: true }): Promise<void> {
  // A redirection is an answer, too.
  const isGood = response.status < 400;
  if (json === true) await printDocument(response);
  else if (isGood) await printResult(response);
  else process.stderr.write(`${problemText(response.status, await response.text())}\n`);
  if (!isGood) process.exitCode = 1;
}

/** The result as it comes; a stream may take its time. */
async function printResult(response: Response): Promise<void> {
  if (response.body === null) return;
  try {
    if (isItems(response)) {
      const reader = new LineReader(response.body);
      for (let lines = await reader.read(); lines !== undefined; lines = await reader.read()) {
        process.stdout.write(`${lines.join("\n")}\n`);
      }
      return;
    }
    let isEmpty = true;
    for await (const chunk of response.body) {
      isEmpty &&= chunk.length === 0;
      process.stdout.write(chunk);
    }
    if (!isEmpty) process.stdout.write("\n");
  } catch (cause) {
    throw new Failure("the answer broke off; the worker's log says why", { cause });
  }
}

async function printDocument(response: Response): Promise<void> {
  const { status, headers } = response;
  const text = await response.text();
  const lines = (): string[] => text.split("\n").filter((line) => line.trim() !== "");
  const body = isItems(response) ? lines().map(readable) : readable(text);
  process.stdout.write(`${JSON.stringify({ status, headers: Object.fromEntries(headers), body }, undefined, 2)}\n`);
}

function isItems({ headers }: Response): boolean {
  return mediaType(headers.get("Content-Type") ?? "") === ITEMS_TYPE;
}
