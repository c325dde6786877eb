import type { Command } from "commander";
import { Failure, USAGE } from "../failure.ts";

/** Which part of a listing is wanted. */
export interface PagingOptions {
  readonly limit: string;
  readonly cursor?: string;
}

/** Adds the options that say which part of a listing is wanted. */
export function withPaging(command: Command): Command {
  return command
    .option("--limit <number>", "how many at most, 1 to 1000", "50")
    .option("--cursor <cursor>", "go on where an earlier list ended, by the cursor it told");
}

/** The same in the words of the API. @throws Failure with the exit code of wrong usage. */
export function pagingQuery({ limit, cursor }: PagingOptions): Record<string, string | undefined> {
  if (/^[1-9]\d{0,3}$/.test(limit) && Number(limit) <= 1000) return { limit, cursor };
  throw new Failure(`--limit is "${limit}"; give a number from 1 to 1000`, { exitCode: USAGE });
}

/** Says how to get what comes after a page. */
export function tellNext(next: string | undefined): void {
  if (next !== undefined) process.stderr.write(`there are more: add --cursor ${next}\n`);
}
