#!/usr/bin/env node
/** The command `fmesh`, on Node and on Bun: sets up what is missing, then runs `main.ts` on the pinned Bun. */
import { join } from "node:path";
import { ROOT, ensureSetUp } from "../scripts/set-up.mjs";
import { exitWith } from "../scripts/set-up/error.mjs";
import { runToEnd } from "../scripts/set-up/run-to-end.mjs";

await exitWith(async () => {
  const bun = await ensureSetUp();
  return runToEnd(bun, [join(ROOT, "cli/main.ts"), ...process.argv.slice(2)]);
});
