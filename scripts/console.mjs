#!/usr/bin/env node
/** `npm run console:build`: builds the console, if its sources changed since the last time. */
import { buildConsole } from "./console/build.mjs";
import { ensureSetUp } from "./set-up.mjs";
import { exitWith } from "./set-up/error.mjs";

await exitWith(async () => {
  const say = (/** @type {string} */ line) => console.error(`fmesh: ${line}`);
  await buildConsole(await ensureSetUp({ say }), say);
  return 0;
});
