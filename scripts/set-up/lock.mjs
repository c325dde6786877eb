import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;
/** A lock whose owner has not yet written its process id is taken for abandoned after this. */
const UNSIGNED_MS = 5_000;

/**
 * Runs `work` while holding a lock that other processes respect. A folder is the lock, because creating one either
 * succeeds or fails, on every file system. A lock whose owner is gone is taken over.
 *
 * @template T
 * @param {string} path
 * @param {(line: string) => void} say told once when there is someone to wait for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, say, work) {
  let hasSaid = false;
  while (!tryLock(path)) {
    if (isAbandoned(path)) {
      takeAway(path);
      continue;
    }
    if (!hasSaid) say("another launch is setting up; waiting for it …");
    hasSaid = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param {string} path */
function tryLock(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(path, "pid"), String(process.pid));
  return true;
}

/** @param {string} path */
function isAbandoned(path) {
  try {
    const pid = Number(readFileSync(join(path, "pid"), "utf8"));
    if (pid > 0) return !isRunning(pid);
    return Date.now() - statSync(path).mtimeMs > UNSIGNED_MS;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    // Not signed yet, or released a moment ago: then the next attempt gets it.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    return age > UNSIGNED_MS;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/**
 * Renaming first means that of several who find the lock abandoned only one removes it.
 *
 * @param {string} path
 */
function takeAway(path) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
