#!/usr/bin/env node
/** The pinned Bun, for those who have no Bun of their own: `npm run bun -- add -E hono`. */
import { ensureSetUp } from "./set-up.mjs";
import { exitWith } from "./set-up/error.mjs";
import { runToEnd } from "./set-up/run-to-end.mjs";

await exitWith(async () => {
  const bun = await ensureSetUp();
  return runToEnd(bun, process.argv.slice(2));
});
