import { join } from "node:path";
import { CloseStack, type Closable } from "../../mesh/lifecycle.ts";
import type { BuildMessage } from "../../mesh/build.ts";
import type { Log } from "../../mesh/log.ts";
import { readSignerFile } from "../attest/key-files.ts";
import type { Policy } from "../attest/policy.ts";
import type { Signer } from "../attest/signer.ts";
import { BaseError } from "../base/base-error.ts";
import { Bases } from "../base/bases.ts";
import { localBase } from "../base/local-base.ts";
import type { Runtime } from "../base/runtime-files.ts";
import type { Base, BuildDefinition } from "../build.ts";
import { type BuildContext, buildMessages } from "../build-messages.ts";
import { bundle } from "../bundle/bundle.ts";
import type { PackageRegistry } from "../bundle/options.ts";
import type { Architecture } from "../oci.ts";
import { Pipeline } from "../pipeline.ts";
import type { Registry } from "../registry.ts";
import { type OpenRegistryOptions, openRegistry } from "../registry/open-registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { type Build, SharedBuilds } from "../shared-builds.ts";
import { developmentKey } from "./development-key.ts";
import { runtimeSource } from "./runtime-source.ts";
import { sourceDigest } from "./source-digest.ts";

/** What a builder needs to run. */
export interface BuilderOptions {
  /** Where images are published, as {@link openRegistry} takes it. */
  readonly registryUrl: string;
  readonly registryOptions?: OpenRegistryOptions;
  /** Bases in that registry, as `repository:tag` or `repository@sha256:…`. Default: made of what this machine has. */
  readonly bases?: Readonly<Partial<Record<Runtime, string>>>;
  /** Default: all that the base has. */
  readonly architectures?: readonly Architecture[] | undefined;
  /** File of the private key. Default: one is made at {@link developmentKey}. */
  readonly signingKey?: string | undefined;
  readonly passphrase?: string | undefined;
  /** Where a key is made when none is named: the path without `.key` and `.pub`. */
  readonly developmentKey: string;
  /** What every image has to hold by. */
  readonly policy?: Policy | undefined;
  /** A URI that stands for whoever runs this builder. */
  readonly builderId: string;
  /** Builds that run at a time. */
  readonly atOnce: number;
  /** Where npm packages come from. */
  readonly packages?: PackageRegistry | undefined;
  /** Work folders are made in it, and removed. */
  readonly temporaryFolder: string;
  /** What is kept between builds: layers of bases, and npm packages. It only grows. */
  readonly cacheFolder: string;
  readonly log: Log;
  /** Of the project: images tell it. */
  readonly version: string;
}

/** A builder with its registry open. Closing it ends the builds that run. */
export interface Builder extends Closable {
  readonly registry: Registry;
  /** What its signatures are verified with, PEM. */
  readonly publicKey: string;
  /** The base of a runtime, made and published when it is not there yet. */
  readonly baseOf: (runtime: Runtime, signal: AbortSignal) => Promise<Base>;
  /** Builds; the same asked for twice at once is built once. */
  readonly build: Build;
  /** Builds, and tells how it goes, for a caller on the broker. */
  readonly tell: (definition: BuildDefinition, context: BuildContext) => AsyncIterable<BuildMessage>;
}

/** The repository of bases that are made here. */
export const BASE_REPOSITORY = "functions-mesh/base";

/** The source of what starts a function in its image. */
const ENTRY = join(import.meta.dirname, "../../worker-service/runtime/function-entry.ts");

/** As images name what `process.arch` does. */
const ARCHITECTURE_OF: Readonly<Record<string, Architecture>> = { x64: "amd64", arm64: "arm64" };

/**
 * Opens a builder; its registry is not asked for anything yet.
 * @throws KeyError for a key that cannot be used, TypeError for an address that is no registry's.
 */
export async function openBuilder(options: BuilderOptions): Promise<Builder> {
  const { registryUrl, registryOptions, architectures, policy, builderId, atOnce, version } = options;
  const [signer, code] = await Promise.all([openSigner(options), sourceDigest()]);
  const stack = new CloseStack();
  const registry = stack.use(await openRegistry(registryUrl, { log: options.log, ...registryOptions }));
  const stopping = new AbortController();
  stack.defer(() => stopping.abort(new Error("the builder is stopping")));

  const bases = new Bases({
    ...{ registry, named: options.bases ?? {} },
    make: (runtime) => makeBase(runtime, registry, { ...options, signal: stopping.signal }),
  });
  const baseOf: Builder["baseOf"] = (runtime, signal) => bases.of(runtime, signal);
  const pipeline = new Pipeline({
    ...{ registry, baseOf, architectures, signer, policy, builderId, code },
    bundle: ({ lock, ...definition }, call) => bundle(definition, { ...bundleOptions(options), lock }, call),
    versions: { "functions-mesh": version, bun: Bun.version },
  });
  const buildOnce: Build = async (definition, call) => {
    try {
      return await pipeline.build(definition, call);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      // Somebody may have emptied the registry, and the base with it.
      bases.forget();
      if (error.code !== "not_found") throw error;
      return pipeline.build(definition, call);
    }
  };
  const shared = new SharedBuilds(buildOnce, { atOnce });
  const build: Build = (definition, call) =>
    shared.build(definition, { ...call, signal: AbortSignal.any([call.signal, stopping.signal]) });
  return {
    ...{ registry, baseOf, publicKey: signer.publicKey.pem, build },
    tell: (definition, context) => buildMessages(build, definition, context),
    close: () => stack.close(),
  };
}

async function openSigner({ signingKey, passphrase, developmentKey: prefix, log }: BuilderOptions): Promise<Signer> {
  if (signingKey !== undefined) return readSignerFile(signingKey, passphrase);
  const { signer, wasMade } = await developmentKey(prefix);
  if (wasMade) log.info(`images are signed with a new key, ${prefix}.key; they are verified with ${prefix}.pub`);
  return signer;
}

async function makeBase(
  runtime: Runtime,
  registry: Registry,
  { cacheFolder, signal }: Pick<BuilderOptions, "cacheFolder"> & { readonly signal: AbortSignal },
): Promise<Base> {
  const architecture = ARCHITECTURE_OF[process.arch];
  if (architecture === undefined) {
    const text = `no base can be made of a machine with the processor "${process.arch}"`;
    throw new BaseError("wrong_program", `${text}; name a base in builder.bases.${runtime}`);
  }
  const from = await runtimeSource(runtime);
  return localBase(registry, {
    ...{ repository: BASE_REPOSITORY, runtime, architecture, signal, ...(from !== undefined && { from }) },
    cacheFolder: join(cacheFolder, "bases"),
  });
}

function bundleOptions({ packages, temporaryFolder, cacheFolder }: BuilderOptions) {
  return {
    ...{ bun: process.execPath, entry: ENTRY, python: Bun.which("python3") ?? undefined, temporaryFolder },
    ...{ cacheFolder: join(cacheFolder, "packages"), registry: packages },
  };
}
