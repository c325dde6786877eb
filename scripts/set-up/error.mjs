/** Set-up could not be done. The message is one line for people: what failed and what to do. */
export class SetUpError extends Error {
  /** @override */
  name = "SetUpError";
}

/**
 * Runs a command's main function: its result is the exit code, and a {@link SetUpError} one line and code 1.
 *
 * @param {() => Promise<number>} main
 */
export async function exitWith(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`fmesh: ${error.message}`);
    process.exitCode = 1;
  }
}
