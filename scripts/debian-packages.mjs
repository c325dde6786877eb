import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetUpError } from "./set-up/error.mjs";
import { run } from "./set-up/run.mjs";

/**
 * A real server that some tests start.
 *
 * @typedef {object} DebianPackage
 * @property {string} name the package
 * @property {string} binary a program of it, by which it is recognised
 * @property {string} [versions] a folder that holds one folder per version, with `bin/` in each
 * @property {string} suites the test files that cannot do without it
 * @property {Record<string, string>} [without] what the other test files are told when it is missing
 */

/** @type {readonly DebianPackage[]} */
export const DEBIAN_PACKAGES = [
  {
    name: "nats-server",
    binary: "nats-server",
    suites: "test/**/*.nats-server.test.ts",
    without: { FMESH_TEST_BROKER: "embedded" },
  },
  {
    name: "postgresql",
    binary: "postgres",
    versions: "/usr/lib/postgresql",
    suites: "test/**/*.postgres.test.ts",
  },
];

/**
 * Installs the packages that are missing, where that is possible: as root on Debian.
 *
 * @param {{ isCi: boolean, packages?: readonly DebianPackage[], say: (line: string) => void }} options
 * @returns {Promise<readonly DebianPackage[]>} those still missing
 * @throws {SetUpError} when one is missing on a CI machine, where every suite has to run
 */
export async function ensureDebianPackages({ isCi, packages = DEBIAN_PACKAGES, say }) {
  const missing = packages.filter((wanted) => !isInstalled(wanted));
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name).join(" ");

  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    say(`installing the Debian packages ${names} for the tests …`);
    const problem = await install(missing.map(({ name }) => name));
    if (problem === undefined) return [];
    say(problem);
  }
  if (isCi) throw new SetUpError(`the tests need ${names}; install them (Debian: "apt-get install ${names}")`);
  for (const { name, suites } of missing) {
    say(
      `"${name}" is not installed, so ${suites} and what else needs it is left out (Debian: "apt-get install ${name}")`,
    );
  }
  return missing;
}

/** @param {DebianPackage} wanted */
function isInstalled({ binary, versions }) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  if (versions !== undefined && existsSync(versions)) {
    folders.push(...readdirSync(versions).map((version) => join(versions, version, "bin")));
  }
  return folders.some((folder) => isExecutable(join(folder, binary)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<string | undefined>} what went wrong
 */
async function install(names) {
  return withoutStartingServices(async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const update = await run("apt-get", ["update", "-q"], { env });
    const result = await run("apt-get", ["install", "-qy", "--no-install-recommends", ...names], { env });
    return result.ok ? undefined : `apt-get failed:\n${update.ok ? "" : update.output}${result.output}`;
  });
}

/**
 * Debian starts a server when it is installed, unless this file forbids it; the tests start their own.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withoutStartingServices(work) {
  const policy = "/usr/sbin/policy-rc.d";
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await work();
  } finally {
    if (isOurs) rmSync(policy);
  }
}
