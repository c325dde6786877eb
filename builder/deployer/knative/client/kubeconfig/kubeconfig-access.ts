import { DeployError } from "../../../deploy-error.ts";
import type { KubeAccess, Proof } from "../access.ts";
import { steadyProof } from "../steady-proof.ts";
import { KeptCredential } from "./kept-credential.ts";
import { identityOf } from "./identity.ts";
import { type Found, isGiven, type Merged } from "./merged.ts";
import { expiryOf, readAuthority } from "./pem.ts";
import type { ClusterEntry, UserEntry } from "./schema.ts";

export interface KubeconfigAccessOptions {
  /** Default: the current one. */
  readonly context?: string | undefined;
  /** The files, for errors. */
  readonly files: readonly string[];
  /** The environment of credential plugins, such as `PATH` and `HOME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/** The way to the cluster of a context. @throws DeployError naming what is missing, and where. */
export function kubeconfigAccess(merged: Merged, options: KubeconfigAccessOptions): KubeAccess {
  const where = options.files.map((file) => `"${file}"`).join(", ");
  const name = options.context ?? merged.currentContext;
  if (name === undefined) {
    throw new DeployError("unreachable", `no context of ${where} is the current one; name one of ${listed(merged)}`);
  }
  const context = merged.contexts.get(name);
  if (context === undefined) {
    throw new DeployError("unreachable", `there is no context "${name}" in ${where}; there are: ${listed(merged)}`);
  }
  const origin = `context "${name}" of "${context.file}"`;
  const { cluster: clusterName, user: userName, namespace } = context.entry;
  const cluster = merged.clusters.get(clusterName);
  if (cluster === undefined) {
    throw new DeployError("unreachable", `${origin} names the cluster "${clusterName}", which is not in ${where}`);
  }
  const named = userName === "" ? undefined : merged.users.get(userName);
  if (userName !== "" && named === undefined) {
    throw new DeployError("unauthorized", `${origin} names the user "${userName}", who is not in ${where}`);
  }
  const server = serverOf(cluster.entry, origin);
  // As kubectl has it: what anybody on the way could read is not sent.
  const user = server.protocol === "https:" ? named : undefined;
  const skips = cluster.entry["insecure-skip-tls-verify"] === true;
  return {
    server,
    namespace: isGiven(namespace) ? namespace : "default",
    origin,
    proxy: proxyOf(cluster.entry, origin),
    warnings: skips
      ? [`the certificate of the cluster is not verified: ${origin} says "insecure-skip-tls-verify"`]
      : [],
    ...proofOf({ cluster, user, origin, env: options.env, now: options.now }),
  };
}

interface Parts {
  readonly cluster: Found<ClusterEntry>;
  readonly user: Found<UserEntry> | undefined;
  readonly origin: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

function proofOf({ cluster, user, origin, env, now }: Parts): Pick<KubeAccess, "proof" | "refused"> {
  const { exec } = user?.entry ?? {};
  const plugin =
    user === undefined || exec === undefined || exec === null
      ? undefined
      : new KeptCredential({ plugin: { ...user, entry: exec }, cluster, env }, now);
  const steady = steadyProof();
  return {
    async proof({ signal }) {
      const credential = await plugin?.get(signal);
      const identity = user === undefined ? { headers: {} } : await identityOf(user, { origin, credential });
      const { headers, ...pair } = identity;
      return steady({ headers, tls: { ...(await trustOf(cluster, origin)), ...pair } });
    },
    refused(proof) {
      plugin?.forget(proof);
      if (plugin !== undefined) return true;
      const { cert } = proof.tls;
      const expiry = cert === undefined ? undefined : expiryOf(cert, now());
      if (expiry === undefined) return isGiven(user?.entry.tokenFile);
      throw new DeployError("unauthorized", `the client certificate of ${origin} expired on ${expiry}; log in again`);
    },
  };
}

async function trustOf(cluster: Found<ClusterEntry>, origin: string): Promise<Proof["tls"]> {
  const { entry } = cluster;
  const name = entry["tls-server-name"];
  const serverName = isGiven(name) ? { serverName: name } : {};
  if (entry["insecure-skip-tls-verify"] === true) return { rejectUnauthorized: false, ...serverName };
  const ca = await readAuthority(cluster);
  if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new DeployError(
      "unreachable",
      `the certificate authority of ${origin} is no certificate; correct it, or have it made again`,
    );
  }
  return { ...(ca !== undefined && { ca }), ...serverName };
}

function serverOf({ server }: ClusterEntry, origin: string): URL {
  const url = URL.parse(server);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new DeployError("unreachable", `the server of ${origin} is no address: write it as "https://host:port"`);
}

function proxyOf(entry: ClusterEntry, origin: string): string | undefined {
  const proxy = entry["proxy-url"];
  if (!isGiven(proxy)) return undefined;
  if (/^https?:$/.test(URL.parse(proxy)?.protocol ?? "")) return proxy;
  throw new DeployError(
    "unreachable",
    `the "proxy-url" of ${origin} is not of http or https, and others are not supported`,
  );
}

function listed({ contexts }: Merged): string {
  return [...contexts.keys()].map((name) => `"${name}"`).join(", ") || "none";
}
