import { readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { OpenRegistryOptions } from "../../builder/registry/open-registry.ts";
import type { Registry } from "../../builder/registry.ts";
import type { Builder } from "../../builder/runtime/bun.ts";
import type { BuilderConfig } from "../../gateway/config.ts";
import type { Log } from "../../mesh/log.ts";

/** Where a builder's files are, and what it may read of the environment. */
export interface BuilderPlace {
  /** What paths start from: the configuration's folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** What opens the private key that a configuration names. */
export const PASSPHRASE_VARIABLE = "FMESH_SIGNING_PASSPHRASE";

const LAYOUT = "oci-layout:";

/**
 * Opens a builder as a configuration wants it.
 * @param place.registry an address to publish to instead of the configuration's
 * @throws Error naming what cannot be used.
 */
export async function openBuilderOf(
  config: BuilderConfig,
  { folder, env, log, registry }: BuilderPlace & { readonly registry?: string },
): Promise<Builder> {
  // Commands that build nothing start without all that the builder brings along.
  const { openBuilder } = await import("../../builder/runtime/bun.ts");
  const { architectures, bases, signingKey, policy, id, atOnce } = config;
  return openBuilder({
    ...{ bases, architectures, builderId: id, atOnce, log, version: packageJson.version },
    registryUrl: registry ?? addressOf(config.registry, folder),
    registryOptions: await registryOptions(config, { folder, env, log }),
    signingKey: signingKey === undefined ? undefined : resolve(folder, signingKey),
    passphrase: env[PASSPHRASE_VARIABLE],
    developmentKey: join(folder, ".fmesh/signing"),
    policy: policy === undefined ? undefined : await readPolicy(resolve(folder, policy)),
    packages: packagesOf(config.npm, folder),
    temporaryFolder: tmpdir(),
    cacheFolder: join(folder, ".fmesh/builder"),
  });
}

/** Opens the registry of a configuration alone. */
export async function openRegistryOf(config: BuilderConfig, place: BuilderPlace): Promise<Registry> {
  const { openRegistry } = await import("../../builder/registry/open-registry.ts");
  return openRegistry(addressOf(config.registry, place.folder), await registryOptions(config, place));
}

function addressOf(registry: string, folder: string): string {
  return registry.startsWith(LAYOUT) ? `${LAYOUT}${resolve(folder, registry.slice(LAYOUT.length))}` : registry;
}

async function registryOptions(
  { ca, plainHttp }: BuilderConfig,
  { folder, env, log }: BuilderPlace,
): Promise<OpenRegistryOptions> {
  return {
    ...{ allowsPlainHttp: plainHttp, env, log },
    // As docker and podman find it.
    dockerConfigFile:
      env["REGISTRY_AUTH_FILE"] ?? join(env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "config.json"),
    ...(ca !== undefined && { ca: await readCertificates(resolve(folder, ca)) }),
  };
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`builder.ca cannot be read: ${reason}`, { cause });
  }
}

async function readPolicy(file: string) {
  const { readPolicyFile } = await import("../../builder/runtime/read-policy.ts");
  return readPolicyFile(file);
}

function packagesOf({ registry, token, ca, proxy }: BuilderConfig["npm"], folder: string) {
  return {
    ...(registry !== undefined && { url: registry }),
    ...(token !== undefined && { token }),
    ...(ca !== undefined && { caFile: resolve(folder, ca) }),
    ...(proxy !== undefined && { proxy }),
  };
}
