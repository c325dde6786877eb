import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError } from "./build-error.ts";
import { type BuildLimits, inMegabytes } from "./limits.ts";
import { type LockedPackage, lockedPackages, withoutAddresses } from "./lock-file.ts";
import type { BundleOptions, PackageRegistry } from "./options.ts";
import { runStep } from "./step-process.ts";
import { folderBytes } from "./work-folder.ts";

/** What was installed. */
export interface Installed {
  readonly lock: string;
  readonly packages: readonly LockedPackage[];
}

const LARGEST_SHOWN = 3;
const MAX_REASONS = 5;

/**
 * Installs dependencies into `folder`, from the registry and without running any of their scripts.
 * @throws BuildError `dependencies_failed` with what the registry said, `dependency_invalid` for one that is not the
 *   registry's, `too_large` naming the largest packages, and as `runStep`.
 */
export async function install(
  dependencies: Readonly<Record<string, string>>,
  folder: string,
  {
    limits,
    signal,
    ...options
  }: BundleOptions & { readonly limits: BuildLimits; readonly signal: AbortSignal | undefined },
): Promise<Installed> {
  const home = join(folder, "home");
  await mkdir(join(home, "tmp"), { recursive: true });
  const cacheFolder = options.cacheFolder ?? join(home, "cache");
  await Promise.all([
    writeFile(join(folder, "package.json"), JSON.stringify({ name: "function", private: true, dependencies })),
    writeFile(join(folder, "bunfig.toml"), settings(options.registry), { mode: 0o600 }),
    options.lock === undefined ? undefined : writeFile(join(folder, "bun.lock"), options.lock),
  ]);
  const tooLarge = new BuildError(
    "too_large",
    `the dependencies are larger than ${inMegabytes(limits.dependencyBytes)}`,
  );
  const { exitCode, stderr } = await runStep({
    doing: "installing the dependencies",
    command: [options.bun, "install", ...FLAGS, ...(options.lock === undefined ? [] : ["--frozen-lockfile"])],
    folder,
    env: environment(home, cacheFolder, options.registry),
    timeMs: limits.installMs,
    memoryBytes: limits.memoryBytes,
    // Unpacked before anybody can count it: a small archive may hold a lot.
    watch: async () => {
      if ((await folderBytes(folder)) > 2 * limits.dependencyBytes) throw tooLarge;
    },
    signal,
  });
  if (exitCode !== 0) throw failure(stderr, options);
  const lock = await readFile(join(folder, "bun.lock"), "utf8");
  const packages = lockedPackages(lock);
  await checkSize(join(folder, "node_modules"), limits);
  return { lock: withoutAddresses(lock), packages };
}

const FLAGS = [
  "--config=bunfig.toml",
  "--ignore-scripts",
  "--save-text-lockfile",
  "--linker=hoisted",
  "--no-progress",
  "--no-summary",
  "--no-env-file",
];

/** Everything Bun would else look for in files and variables of whoever runs the builder. */
function environment(home: string, cacheFolder: string, registry: PackageRegistry = {}): Record<string, string> {
  const { caFile, proxy } = registry;
  return {
    HOME: home,
    TMPDIR: join(home, "tmp"),
    BUN_TMPDIR: join(home, "tmp"),
    BUN_INSTALL_CACHE_DIR: cacheFolder,
    NO_COLOR: "1",
    ...(caFile !== undefined && { NODE_EXTRA_CA_CERTS: caFile }),
    ...(proxy !== undefined && { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }),
  };
}

function settings({ url, token }: PackageRegistry = {}): string {
  const auto = '[install]\nauto = "disable"\n';
  // Bun knows npm's own by itself.
  if (url === undefined && token === undefined) return auto;
  if (url === undefined) {
    throw new BuildError("failed", "there is a token for npm packages, but not for which registry; name that, too");
  }
  const registry = { url, ...(token !== undefined && { token }) };
  // A TOML basic string is written as JSON writes one.
  const fields = Object.entries(registry).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `${auto}registry = { ${fields.join(", ")} }\n`;
}

function failure(stderr: string, { registry = {} }: Pick<BundleOptions, "registry">): BuildError {
  const reasons = stderr
    .split("\n")
    .filter((line) => line.startsWith("error:"))
    .map((line) => line.slice("error:".length).trim());
  const said = [...new Set(reasons)].slice(0, MAX_REASONS).join("; ");
  const secrets = [registry.token, registry.proxy].filter((secret): secret is string => Boolean(secret));
  const text = secrets.reduce((shown, secret) => shown.replaceAll(secret, "…"), said);
  return new BuildError(
    "dependencies_failed",
    `the dependencies could not be installed: ${text || "no reason was given"}`,
  );
}

async function checkSize(modules: string, { dependencyBytes }: BuildLimits): Promise<void> {
  const total = await folderBytes(modules);
  if (total <= dependencyBytes) return;
  const packages = await Promise.all(
    (await topPackages(modules)).map(async (name) => ({ name, bytes: await folderBytes(join(modules, name)) })),
  );
  const largest = packages
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, LARGEST_SHOWN)
    .map(({ name, bytes }) => `"${name}" ${inMegabytes(bytes)}`);
  const text = `the dependencies are ${inMegabytes(total)}, and may be ${inMegabytes(dependencyBytes)}`;
  throw new BuildError("too_large", `${text}; the largest are ${largest.join(", ")}`);
}

async function topPackages(modules: string): Promise<readonly string[]> {
  const names = await readdir(modules);
  const nested = names.map(async (name) =>
    name.startsWith("@") ? (await readdir(join(modules, name))).map((inner) => `${name}/${inner}`) : [name],
  );
  return (await Promise.all(nested)).flat();
}
