import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The Bun binary noted by the last finished set-up, or `undefined` when there is none or something changed since:
 * the manifest, the lockfile, the binary, or npm has rearranged `node_modules`.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function readStamp(root) {
  if (!existsSync(stampFile(root)) || existsSync(npmMark(root))) return undefined;
  const [bun = "", fingerprint] = readFileSync(stampFile(root), "utf8").split("\n");
  return existsSync(bun) && fingerprint === fingerprintOf(root, bun) ? bun : undefined;
}

/**
 * Notes that set-up is finished.
 *
 * @param {string} root
 * @param {string} bun path of the Bun binary
 */
export function writeStamp(root, bun) {
  rmSync(npmMark(root), { force: true });
  writeFileSync(stampFile(root), `${bun}\n${fingerprintOf(root, bun)}\n`);
}

/** @param {string} root */
const stampFile = (root) => join(root, "node_modules", ".fmesh-set-up");

/**
 * npm leaves this file behind; Bun does not.
 *
 * @param {string} root
 */
const npmMark = (root) => join(root, "node_modules", ".package-lock.json");

/**
 * @param {string} root
 * @param {string} bun
 */
function fingerprintOf(root, bun) {
  const { size, mtimeMs } = statSync(bun);
  return createHash("sha256")
    .update(readFileSync(join(root, "package.json")))
    .update(readFileSync(join(root, "bun.lockb")))
    .update(`${size} ${mtimeMs}`)
    .digest("hex");
}
