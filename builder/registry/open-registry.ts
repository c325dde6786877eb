import { isAbsolute } from "node:path";
import type { Registry } from "../registry.ts";
import type { DistributionOptions } from "./distribution.ts";
import { isLoopback } from "./distribution/origin.ts";
import { ecrRegion } from "./ecr/host.ts";
import { checkRepository } from "./names.ts";

export interface OpenRegistryOptions extends Pick<
  DistributionOptions,
  "credentials" | "allowsPlainHttp" | "ca" | "chunkBytes" | "retry" | "idleMs" | "log"
> {
  /** Where log-ins are, when {@link credentials} are not given: `~/.docker/config.json`. */
  readonly dockerConfigFile?: string;
  /** The environment of credential helpers. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const LAYOUT = "oci-layout:";

/**
 * Opens the registry of an address; nothing is asked of it yet.
 *
 * - `oci-layout:/var/lib/fmesh/images`: a folder
 * - `registry.example.com/functions`, `https://registry.example.com:5000/functions`: any registry of the distribution spec
 * - `http://127.0.0.1:5000/functions`, `localhost:5000`: one on this machine; others by HTTP only with `allowsPlainHttp`
 * - `123456789012.dkr.ecr.eu-central-1.amazonaws.com/functions`: AWS ECR, with the credentials that the AWS SDK finds
 *
 * @throws TypeError for an address that is none of these.
 */
export async function openRegistry(address: string, options: OpenRegistryOptions = {}): Promise<Registry> {
  if (address.startsWith(LAYOUT)) return openLayout(address.slice(LAYOUT.length));
  const { origin, prefix } = parse(address);
  const { dockerConfigFile: file, env = {}, credentials, chunkBytes, ...rest } = options;
  if (ecrRegion(origin.hostname) !== undefined && credentials === undefined) {
    const { allowsPlainHttp: _, ...ecrOptions } = rest;
    const { EcrRegistry } = await import("./ecr.ts");
    return new EcrRegistry({ ...ecrOptions, host: origin.host, prefix });
  }
  const { DistributionRegistry } = await import("./distribution.ts");
  const source = credentials ?? (file === undefined ? undefined : await readerOf({ file, prefix, env }));
  return new DistributionRegistry({
    ...rest,
    origin: origin.origin,
    prefix,
    ...(chunkBytes !== undefined && { chunkBytes }),
    ...(source !== undefined && { credentials: source }),
  });
}

async function openLayout(folder: string): Promise<Registry> {
  if (!isAbsolute(folder)) {
    throw new TypeError(
      `"${LAYOUT}${folder}" has to name a folder by its whole path, as "${LAYOUT}/var/lib/images" does`,
    );
  }
  const { LayoutRegistry } = await import("./layout.ts");
  return new LayoutRegistry({ folder: folder.replace(/(?<=.)\/+$/, "") });
}

async function readerOf(options: {
  readonly file: string;
  readonly prefix: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}) {
  const { dockerConfigCredentials } = await import("./credentials/docker-config.ts");
  return dockerConfigCredentials(options);
}

function parse(address: string): { readonly origin: URL; readonly prefix: string } {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const url = URL.parse(hasScheme ? address : `https://${address}`);
  const isPlain = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!isPlain || !["https:", "http:"].includes(url.protocol)) {
    throw new TypeError(
      `the address of a registry is like "registry.example.com/functions" or "${LAYOUT}/var/lib/images", ` +
        "without user and password: those come from a log-in",
    );
  }
  // Without a scheme, this machine is asked without TLS, as Docker does.
  const origin = !hasScheme && isLoopback(url) ? new URL(`http://${url.host}`) : new URL(url.origin);
  const prefix = url.pathname.replaceAll(/^\/+|\/+$/g, "");
  if (prefix !== "") checkRepository(prefix);
  return { origin, prefix };
}
