#!/usr/bin/env node
/** The command `fmesh`, on Node and on Bun: sets up what is missing, then runs `main.ts` on the pinned Bun. */
import { join } from "node:path";
import { ROOT, ensureSetUp } from "../scripts/set-up.mjs";
import { exitWith } from "../scripts/set-up/error.mjs";
import { runToEnd } from "../scripts/set-up/run-to-end.mjs";

/** Bun makes 256 HTTP requests at a time; a deployer carries that many calls to a cluster on an ordinary day. */
const MOST_REQUESTS = { BUN_CONFIG_MAX_HTTP_REQUESTS: "8192" };

await exitWith(async () => {
  const bun = await ensureSetUp();
  const env = { ...MOST_REQUESTS, ...process.env };
  return runToEnd(bun, [join(ROOT, "cli/main.ts"), ...process.argv.slice(2)], { env });
});
