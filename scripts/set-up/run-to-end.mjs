import { spawn } from "node:child_process";
import { constants } from "node:os";

/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];
const ORPHAN_CHECK_MS = 500;
/** Noted at once: set-up comes between, and may outlast the parent. */
const PARENT = process.ppid;

/**
 * Runs a program in this one's place: same terminal, same signals, same exit code.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code, 128 + n when signal n ended the program
 */
export function runToEnd(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: "inherit" });
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the child as well; twice would mean "now, without draining".
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const orphanCheck = onceOrphaned(() => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(orphanCheck);
      for (const forwarded of FORWARDED) process.off(forwarded, forward);
      resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
    });
  });
}

/**
 * npm hands SIGTERM to the shell between itself and this process, and that shell dies without passing it on. What can
 * be seen from here is that the parent has changed. Outside npm that is no reason to stop: think of `nohup`.
 *
 * @param {() => void} stop
 */
function onceOrphaned(stop) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const check = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(check);
    stop();
  }, ORPHAN_CHECK_MS);
  return check;
}
