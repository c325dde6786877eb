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
  const owner = ownerOf(path);
  if (owner !== undefined) return !isRunning(owner);
  // Not signed yet, or released a moment ago.
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return since !== undefined && Date.now() - since > UNSIGNED_MS;
}

/**
 * The process that holds the lock, once it has signed.
 *
 * @param {string} path
 */
function ownerOf(path) {
  try {
    return Number(readFileSync(join(path, "pid"), "utf8")) || undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
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
