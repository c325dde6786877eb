import { accessSync, constants, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetUpError } from "./set-up/error.mjs";
import { run } from "./set-up/run.mjs";

/**
 * A program or library that some tests need.
 *
 * @typedef {object} DebianPackage
 * @property {string} name the package
 * @property {string} [binary] a program of it, by which it is recognised
 * @property {string} [file] for one without a program: a file of it
 * @property {string} [versions] a folder that holds one folder per version, with `bin/` in each
 * @property {string} [support] the file in `test/support/` that uses it: test files importing it are left out when
 *   the package is missing
 * @property {Record<string, string>} [without] environment that tells the tests to do without it
 */

/** @type {readonly DebianPackage[]} */
export const DEBIAN_PACKAGES = [
  { name: "nats-server", binary: "nats-server", without: { FMESH_TEST_BROKER: "embedded" } },
  { name: "postgresql", binary: "postgres", versions: "/usr/lib/postgresql", support: "postgres.ts" },
  { name: "rabbitmq-server", binary: "rabbitmq-server", support: "rabbitmq.ts" },
  { name: "golang-go", binary: "go", support: "go.ts" },
  {
    name: "golang-github-nats-io-go-nats-dev",
    file: "/usr/share/gocode/src/github.com/nats-io/nats.go/nats.go",
    support: "go.ts",
  },
  { name: "docker-registry", binary: "docker-registry", support: "docker-registry.ts" },
  { name: "openssl", binary: "openssl", support: "docker-registry.ts" },
  { name: "openssl", binary: "openssl", support: "openssl.ts" },
  { name: "openssl", binary: "openssl", support: "certificates.ts" },
  { name: "python3", binary: "python3", support: "python.ts" },
  { name: "python3-grpcio", file: "/usr/lib/python3/dist-packages/grpc/__init__.py", support: "grpc-python.ts" },
  {
    name: "python3-protobuf",
    file: "/usr/lib/python3/dist-packages/google/protobuf/message.py",
    support: "grpc-python.ts",
  },
  { name: "skopeo", binary: "skopeo", support: "skopeo.ts" },
  { name: "zsh", binary: "zsh", support: "shells.ts" },
  { name: "fish", binary: "fish", support: "shells.ts" },
  { name: "podman", binary: "podman", support: "podman.ts" },
  { name: "runc", binary: "runc", support: "podman.ts" },
  { name: "catatonit", binary: "catatonit", support: "podman.ts" },
  { name: "bubblewrap", binary: "bwrap", support: "bubblewrap.ts" },
  { name: "umoci", binary: "umoci", support: "image-readers.ts" },
  { name: "libarchive-tools", binary: "bsdtar", support: "image-readers.ts" },
  { name: "chromium", binary: "chromium", support: "browser.ts" },
  { name: "dpkg", binary: "dpkg-deb", support: "debs.ts" },
];

/**
 * Installs packages by name and answers what went wrong, if anything did.
 *
 * @typedef {(names: readonly string[]) => Promise<string | undefined>} Install
 */

/**
 * Installs the packages that are missing, where that is possible.
 *
 * @param {object} options
 * @param {boolean} options.isCi
 * @param {(line: string) => void} options.say
 * @param {readonly DebianPackage[]} [options.packages]
 * @param {Install | undefined} [options.install] default: apt, as root on Debian
 * @returns {Promise<readonly DebianPackage[]>} those still missing
 * @throws {SetUpError} when one is missing on a CI machine, where every suite has to run
 */
export async function ensureDebianPackages({ isCi, say, packages = DEBIAN_PACKAGES, install = installer() }) {
  const wanted = packages.filter((candidate) => !isInstalled(candidate));
  if (wanted.length > 0 && install !== undefined) {
    const names = wanted.map(({ name }) => name);
    say(`installing the Debian packages ${names.join(" ")} for the tests …`);
    const problem = await install(names);
    if (problem !== undefined) say(problem);
  }

  const missing = wanted.filter((candidate) => !isInstalled(candidate));
  const names = missing.map(({ name }) => name).join(" ");
  if (isCi && missing.length > 0) {
    throw new SetUpError(`the tests need ${names}; install them (Debian: "apt-get install ${names}")`);
  }
  for (const { name } of missing) {
    say(`"${name}" is missing, so what needs it is left out (Debian: "apt-get install ${name}")`);
  }
  return missing;
}

/**
 * The test files that cannot run without a package.
 *
 * @param {DebianPackage} missing
 * @param {string} root the project's folder
 * @returns {string[]} paths from there
 */
export function suitesThatNeed({ support }, root) {
  if (support === undefined) return [];
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const suites = files.filter((file) => file.endsWith(".test.ts")).map((file) => join("test", file));
  return suites.filter((suite) => readFileSync(join(root, suite), "utf8").includes(`/support/${support}"`));
}

/** @param {DebianPackage} wanted */
function isInstalled({ binary, file, versions }) {
  if (binary === undefined) return file !== undefined && existsSync(file);
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

/** @returns {Install | undefined} */
function installer() {
  return process.getuid?.() === 0 && existsSync("/etc/debian_version") ? installWithApt : undefined;
}

/** @type {Install} */
function installWithApt(names) {
  return withoutStartingServices(async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const update = await run("apt-get", ["update", "-q"], { env });
    const { ok, output } = await run("apt-get", ["install", "-qy", "--no-install-recommends", ...names], { env });
    return ok ? undefined : `apt-get failed:\n${update.ok ? "" : update.output}${output}`;
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
  if (existsSync(policy)) return work();
  const interrupted = () => {
    rmSync(policy, { force: true });
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policy, { force: true });
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
  }
}
