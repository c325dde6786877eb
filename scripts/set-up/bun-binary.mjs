import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetUpError } from "./error.mjs";
import { run } from "./run.mjs";

const BINARY = process.platform === "win32" ? "bun.exe" : "bun";

/**
 * Finds Bun of exactly the pinned version: the one that runs this, one on the PATH, the one fetched earlier; or
 * fetches it.
 *
 * @param {{ root: string, tools: string, say: (line: string) => void }} where
 * @returns {Promise<string>}
 */
export async function findBun({ root, tools, say }) {
  const version = pinnedBunVersion(root);
  if (process.versions.bun === version) return process.execPath;
  const found = await firstOfVersion([...onPath(), ...fetched(tools)], version);
  if (found !== undefined) return found;

  say(`fetching Bun ${version}, once …`);
  const { ok, output } = await fetchBun(tools, version);
  const bun = ok ? await firstOfVersion(fetched(tools), version) : undefined;
  if (bun !== undefined) return bun;
  const log = join(tools, "set-up.log");
  writeFileSync(log, output);
  throw new SetUpError(
    ok
      ? `Bun ${version} was fetched but does not run on this machine; install it from https://bun.sh and run this again`
      : `Bun ${version} could not be fetched; check the network connection, or install it from https://bun.sh, and run this again (details: "${log}")`,
  );
}

/**
 * The one place that names Bun's version: `packageManager` in package.json.
 *
 * @param {string} root
 * @returns {string}
 */
export function pinnedBunVersion(root) {
  const manifest = /** @type {{ packageManager?: string }} */ (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  );
  const [, version] = /^bun@(.+)$/.exec(manifest.packageManager ?? "") ?? [];
  if (version === undefined) {
    throw new SetUpError(`package.json must name its "packageManager" as "bun@<version>"`);
  }
  return version;
}

/**
 * @param {string[]} candidates
 * @param {string} version
 */
async function firstOfVersion(candidates, version) {
  for (const candidate of candidates) {
    const { ok, output } = await run(candidate, ["--version"]);
    if (ok && output.trim() === version) return candidate;
  }
  return undefined;
}

function onPath() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, BINARY)).filter((path) => existsSync(path));
}

/**
 * The package holds the binary for each kind of machine in a package of its own; several may have been fetched, of
 * which the one with the shortest name is the fastest.
 *
 * @param {string} tools
 */
function fetched(tools) {
  const vendor = join(tools, "node_modules", "@oven");
  if (!existsSync(vendor)) return [];
  const builds = readdirSync(vendor).toSorted((a, b) => a.length - b.length);
  return builds.map((build) => join(vendor, build, "bin", BINARY)).filter((path) => existsSync(path));
}

/**
 * @param {string} tools
 * @param {string} version
 */
function fetchBun(tools, version) {
  // The binary is in the packages themselves, so no install script has to run; npm 12 would not run one.
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];
  const args = ["install", "--prefix", tools, ...flags, ...patience, `bun@${version}`];
  const npm = process.env.npm_execpath ?? "";
  if (npm.endsWith("npm-cli.js")) return run(process.execPath, [npm, ...args], { cwd: tools });
  return run("npm", args, { cwd: tools, shell: process.platform === "win32" });
}
