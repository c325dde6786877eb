/** `npm run check`: all that can be said about the code without running it. */
import { runChecks } from "./checks.mjs";
import { ensureSetUp } from "./set-up.mjs";
import { exitWith } from "./set-up/error.mjs";

await exitWith(async () => {
  const { failed } = await runChecks(await ensureSetUp());
  return failed === 0 ? 0 : 1;
});
